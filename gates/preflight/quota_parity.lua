local function name_of(entity)
  local parts = {}
  for kind, name in pairs(entity) do parts[#parts + 1] = kind .. "=" .. name end
  return table.concat(parts, ",")
end

local function read(ctx, side)
  local found, count = {}, 0
  for _, quota in ipairs(ctx[side]:quotas {}) do
    if quota.error then
      ctx:subject { cluster = side }:unknown("quota", quota)
      return nil
    end
    -- As JSON, so that no name can look like two parts of an entity, nor like a default.
    found[ctx.json.encode { quota.entity, quota.defaults, quota.key }] =
      { entity = name_of(quota.entity), key = quota.key, value = quota.value }
    count = count + 1
  end
  return found, count
end

local function owner_of(ctx, entity)
  for _, difference in ipairs(ctx.plan.expected_differences or {}) do
    if difference.what == "quota" and difference.name == entity then return difference end
  end
  return nil
end

return {
  name = "quota_parity",
  summary = "Client quotas are the same on both clusters",
  doc = [[
Each client quota of the source (defaults included) has the same value on the target, and the target has no other ones.
A difference that the plan declares (expected_differences with what = "quota" and the entity as name, such as
"user=billing") is noted with its owner.

Limits that a provider enforces outside Kafka's quotas are not seen.]],
  phase = "preflight",
  severity = "warning",
  tags = { "quotas" },
  clusters = { "source", "target" },
  args = {},
  blind_to = {
    cluster_id = "cluster_identity and the plan's cluster_id judge it",
    broker = "any broker can answer",
  },
  example = {
    check = "quota", subject = { entity = "user=billing", key = "consumer_byte_rate" }, actual = 1048576, op = "==",
    limit = 1048576, ok = true,
  },
  run = function(ctx)
    local source, source_count = read(ctx, "source")
    local target, target_count = read(ctx, "target")
    if not source or not target then return end
    for id, quota in pairs(source) do
      local other = target[id]
      local difference = owner_of(ctx, quota.entity)
      if difference and (other == nil or other.value ~= quota.value) then
        ctx:note("expected_difference", { entity = quota.entity, key = quota.key, owner = difference.owner })
      else
        local subject = ctx:subject { entity = quota.entity, key = quota.key }
        if other then
          subject:equal("quota", other.value, quota.value)
        else
          subject:is_true("present", false, { source = quota.value })
        end
      end
    end
    for id, quota in pairs(target) do
      if not source[id] then
        local difference = owner_of(ctx, quota.entity)
        if difference then
          ctx:note("expected_difference", { entity = quota.entity, key = quota.key, owner = difference.owner })
        else
          ctx:subject { entity = quota.entity, key = quota.key }:is_true("expected", false, { target = quota.value })
        end
      end
    end
    -- Two clusters without any quota are the same, and that was seen.
    ctx:subject { cluster = "both" }:is_true("read", true, { source = source_count, target = target_count })
  end,
}
