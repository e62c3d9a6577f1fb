import { Argument, Command } from 'commander';

const SHELLS = ['bash', 'zsh', 'fish'];

/** `portlock completion`: prints what a shell sources. */
export function completionCommand(): Command {
  return new Command('completion')
    .description('Print what makes a shell complete the commands and flags of portlock')
    .addArgument(new Argument('<shell>', 'which one').choices(SHELLS))
    .addHelpText('after', EXAMPLES)
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      const [{ COMPLETION_SCRIPTS }, { processStreams }] = await Promise.all([
        import('./completion-scripts.ts'),
        import('./streams.ts'),
      ]);
      await processStreams().stdout(COMPLETION_SCRIPTS[shell]);
    });
}

const EXAMPLES = `
kubectl completes "kubectl portlock" by itself where kubectl_complete-portlock is in the PATH.

Exit codes: 0 it was printed, 2 bad use.

Examples:
  source <(portlock completion bash)
  portlock completion fish > ~/.config/fish/completions/portlock.fish`;
