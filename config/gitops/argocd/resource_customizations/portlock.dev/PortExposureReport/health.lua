-- Health of a PortExposureReport for Argo CD; docs/gitops.md says where it goes.
local conditions = {}
if obj.status ~= nil and obj.status.conditions ~= nil then
  for _, condition in ipairs(obj.status.conditions) do
    conditions[condition.type] = condition
  end
end

local function is(type, status)
  return conditions[type] ~= nil and conditions[type].status == status
end

local function health(status, type)
  return { status = status, message = conditions[type].message }
end

if conditions.Ready == nil or conditions.PolicyInSync == nil then
  return { status = "Progressing", message = "portlock has not reported yet" }
end
-- A person has to act.
if is("Stalled", "True") then
  return health("Degraded", "Stalled")
end
if is("PolicyInSync", "False") then
  local reason = conditions.PolicyInSync.reason
  if reason == "Contested" then
    return health("Degraded", "PolicyInSync")
  end
  -- For seconds, while the pods are asked; or the write is tried again.
  if reason == "AwaitingProbe" or is("Ready", "False") then
    return health("Progressing", "PolicyInSync")
  end
  -- Held back, so that nobody is cut off: it goes on when somebody decides.
  if reason == "PreflightFailed" and conditions.PreflightPassed ~= nil then
    return health("Suspended", "PreflightPassed")
  end
  return health("Suspended", "PolicyInSync")
end
if not is("Ready", "True") then
  return health("Progressing", "Ready")
end
if is("DriftDetected", "True") then
  return health("Degraded", "DriftDetected")
end
if conditions.PolicyInSync.reason == "AuditMode" then
  return health("Healthy", "PolicyInSync")
end
if is("EnforcementVerified", "False") then
  return health("Degraded", "EnforcementVerified")
end
if conditions.EnforcementVerified == nil then
  return health("Healthy", "Ready")
end
return health("Healthy", "EnforcementVerified")
