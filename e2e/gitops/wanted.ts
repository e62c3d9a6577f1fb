const TOOLS = ['flux', 'argocd', 'rollouts'] as const;
type ToolName = (typeof TOOLS)[number];

/** Whether a tool takes part: `GITOPS_TOOLS=flux` leaves the others out, which take minutes to build. */
export function isWanted(tool: ToolName): boolean {
  return (process.env.GITOPS_TOOLS ?? TOOLS.join()).split(',').includes(tool);
}
