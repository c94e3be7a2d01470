local function same(ctx, about, source, target)
  local subject = ctx:subject(about)
  if source.error then
    subject:unknown("operations", source)
    if target.error then ctx:acknowledge(target, "both clusters refuse to tell") end
  elseif target.error then
    subject:unknown("operations", target)
  elseif source.authorized_operations == nil or target.authorized_operations == nil then
    subject:unknown("operations", "a broker does not tell what is allowed")
  else
    -- Read-only lists compare as lists; both are in the order of Kafka's codes.
    subject:equal("operations", target.authorized_operations, source.authorized_operations)
  end
end

return {
  name = "effective_permission",
  summary = "Each principal may do the same on both clusters",
  doc = [[
For each principal (given with --principal NAME=SOURCE_FILE:TARGET_FILE) and each topic and group, what the brokers say
it may do is the same on the target as on the source. This is what ACLs, super users and defaults come to, evaluated by
the brokers themselves, so it also holds where the lists look different.

It does not see operations that brokers do not report (transactional ids, delegation tokens), nor policies that the
brokers do not evaluate themselves.]],
  phase = "preflight",
  severity = "blocker",
  tags = { "security" },
  clusters = { "source", "target" },
  args = {
    principals = { type = "string[]", doc = "Names given with --principal. Default: all, or `self`." },
    topics = { type = "string[]", default = {}, doc = "Topics of the source: names or globs." },
    groups = { type = "string[]", default = {}, doc = "Groups of the source, by name." },
  },
  example = {
    check = "operations", subject = { principal = "billing", topic = "orders" }, actual = { "read", "describe" },
    op = "==", limit = { "read", "describe" }, ok = true,
  },
  run = function(ctx)
    local names = ctx.args.principals or ctx.target.principals
    if #names == 0 then names = { "self" } end
    for _, name in ipairs(names) do
      local source = name == "self" and ctx.source or ctx.source:as(name)
      local target = name == "self" and ctx.target or ctx.target:as(name)
      if #ctx.args.topics > 0 then
        for _, topic in ipairs(source:topics { names = ctx.args.topics, operations = true }) do
          local mapped = ctx.map.topic(topic.topic)
          local other = target:topics { names = { mapped }, operations = true }[1]
          same(ctx, { principal = name, topic = topic.topic }, topic, other)
        end
      end
      for _, group in ipairs(ctx.args.groups) do
        local one = source:group { group = group }[1]
        local other = target:group { group = ctx.map.group(group) }[1]
        same(ctx, { principal = name, group = group }, one, other)
      end
    end
  end,
}
