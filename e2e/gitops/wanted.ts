const TOOLS = ['flux', 'argocd'] as const;
type ToolName = (typeof TOOLS)[number];

/** Whether a tool takes part: `GITOPS_TOOLS=flux` leaves the other out, which takes minutes to build. */
export function isWanted(tool: ToolName): boolean {
  return (process.env.GITOPS_TOOLS ?? TOOLS.join()).split(',').includes(tool);
}
