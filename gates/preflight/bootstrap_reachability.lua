-- The attempt was cut short on this side: nothing was learnt about the way there.
local NO_OBSERVATION = { deadline = true, interrupted = true, limit = true }

local function judge(ctx, row, kind)
  local subject = ctx:subject { broker = row.broker, address = kind }
  local failure = row.failure and row.failure.name
  local facts = { node = row.node, listener = row.listener, dns = row.dns, tcp = row.tcp, addresses = row.addresses }
  if row.tls then facts.version = row.tls.version end
  if failure then
    facts.error, facts.message = failure, row.failure.message
  end
  if failure and NO_OBSERVATION[failure] then
    subject:unknown("reachable", failure, facts)
    return
  end
  local is_kafka = false
  for _ in pairs(row.api_versions) do is_kafka = true end
  -- Past TCP stand TLS, silence, and whatever else listens there: no Kafka, or the other one. What a login or a request
  -- then meets is not the network's doing.
  local blocked = failure ~= nil
    and (failure:sub(1, 4) == "tls." or failure:sub(1, 4) == "net." or failure == "protocol.other_cluster"
      or failure == "protocol" and not is_kafka)
  subject:is_true("reachable", row.tcp and not blocked, facts)
end

return {
  name = "bootstrap_reachability",
  summary = "The bootstrap addresses and every advertised broker can be reached from here",
  doc = [[
Each bootstrap address and then each broker that the cluster advertises is dialled, once: its name resolves, TCP
connects, TLS (where there is) comes about, and what answers is a broker, of this cluster where it lets the login in.
Clients fail on the advertised addresses, long after the bootstrap let them in, so those count as much. What is
reachable from here says nothing about other networks: run it once in each subnet that clients live in.

A login that is refused is not a matter of reachability: it fails in `auth_probe`. But where no broker tells the list of
brokers for want of a login, only the bootstrap addresses are judged, and the gate is inconclusive.]],
  phase = "preflight",
  severity = "blocker",
  tags = { "network" },
  clusters = { arg = "cluster" },
  probes = true,
  args = {
    cluster = { type = "string", default = "target", values = { "source", "target" }, doc = "What to reach." },
  },
  blind_to = {
    cluster_id = "cluster_identity and the plan's cluster_id judge it",
  },
  example = {
    check = "reachable", subject = { broker = "new-1:9093", address = "advertised" }, actual = true, op = "true",
    limit = true, ok = true, facts = { dns = true, tcp = true, listener = "SSL" },
  },
  run = function(ctx)
    local cluster = ctx[ctx.args.cluster]
    for _, row in ipairs(cluster:probe { brokers = "bootstrap" }) do judge(ctx, row, "bootstrap") end
    local refused
    for _, row in ipairs(cluster:probe { brokers = "all" }) do
      if row.error then
        ctx:subject { address = "advertised" }:unknown("reachable", row)
      elseif row.advertised then
        judge(ctx, row, "advertised")
      else
        -- The list was refused, and these are the addresses from above: which brokers there are is not known.
        refused = row.failure or refused
      end
    end
    if refused then
      ctx:subject { address = "advertised" }
        :unknown("reachable", "authentication", { error = refused.name, message = refused.message })
    end
  end,
}
