-- Under TLS 1.3 the handshake is done here before the broker has seen this side's certificate: only that it goes on to
-- speak Kafka says that it took it.
local function is_answered(row)
  for _ in pairs(row.api_versions) do return true end
  return row.login
end

local function judge(ctx, row)
  local subject = ctx:subject { broker = row.broker }
  local failure = row.failure and row.failure.name
  local tls = row.tls
  local facts = { node = row.node, listener = row.listener }
  if failure then
    facts.error, facts.message = failure, row.failure.message
  end
  if tls then
    facts.version, facts.cipher = tls.version, tls.cipher
    facts.verify_host, facts.verify_error = tls.verify_host, tls.verify_error
  end
  -- A certificate that a broker of another cluster shows is good for nothing here.
  if failure and (failure:sub(1, 4) == "tls." or failure == "protocol.other_cluster") then
    subject:is_true("verified", false, facts)
  elseif tls == nil then
    local reason = failure or ("no TLS: security.protocol is " .. row.listener)
    subject:unknown("verified", reason, facts)
  else
    subject:is_true("verified", tls.verified, facts)
  end
  if failure == "auth.tls" then
    subject:is_true("client_certificate", false, facts)
  elseif tls and tls.client_certificate_requested and is_answered(row) then
    subject:is_true("client_certificate", true)
  elseif tls and tls.client_certificate_requested then
    subject:unknown("client_certificate", failure, facts)
  end
  for index, certificate in ipairs(tls and tls.chain or {}) do
    local days = (certificate.not_after_ms - ctx.clock.now_ms()) // 86400000
    ctx:subject({ broker = row.broker, certificate = index }):at_least("valid_days", days, ctx.args.min_valid_days, "days", {
      subject = certificate.subject, issuer = certificate.issuer, san = certificate.san, sha256 = certificate.sha256,
      not_before = certificate.not_before, not_after = certificate.not_after,
    })
  end
end

return {
  name = "tls_valid",
  summary = "Every advertised broker shows a certificate chain that is valid, for its host, for long enough",
  doc = [[
The run's own configuration connects to every broker that the cluster advertises, in one attempt each. Checks, by broker:

- `verified`: the TLS handshake came about, the chain ends in what the configuration trusts, and the certificate is
  for the advertised host; it is shown by a broker of this cluster, as far as that lets the login in. Where the
  configuration switches the check of the host name off (`ssl.endpoint.identification.algorithm` empty), it is not
  part of this, and the fact `verify_host` is false.
- `valid_days`: each certificate of the chain, the broker's own being number 1, is valid for `min_valid_days` more:
  until the end of the rollback window, say.
- `client_certificate`: where the broker asks for one, it takes the one configured. Where it says nothing more after the
  handshake, that is inconclusive.

Where the list of brokers cannot be had, as when a login is refused, the bootstrap addresses are tried: they can fail,
but without the list the gate cannot pass. A broker that cannot be reached, and a listener without TLS, are
inconclusive: there is no certificate to judge. Whether a login succeeds over it is the question of `auth_probe`.]],
  phase = "preflight",
  severity = "blocker",
  tags = { "security" },
  clusters = { arg = "cluster" },
  probes = true,
  args = {
    min_valid_days = { type = "integer", default = 0, min = 0, doc = "Days that certificates must still be valid." },
    cluster = { type = "string", default = "target", values = { "source", "target" }, doc = "Where to look." },
  },
  blind_to = {
    cluster_id = "cluster_identity and the plan's cluster_id judge it",
  },
  example = {
    check = "verified", subject = { broker = "new-1:9093" }, actual = true, op = "true", limit = true, ok = true,
    facts = { listener = "SSL", version = "TLSv1.3", cipher = "TLS_AES_256_GCM_SHA384", verify_host = true },
  },
  run = function(ctx)
    local cluster = ctx[ctx.args.cluster]
    local rows = cluster:probe { brokers = "all" }
    if rows[1] and rows[1].error then
      ctx:acknowledge(rows[1], "the bootstrap addresses are probed instead")
      rows = cluster:probe { brokers = "bootstrap" }
    end
    local advertised = true
    for _, row in ipairs(rows) do
      if row.error then
        ctx:subject { cluster = ctx.args.cluster }:unknown("verified", row)
      else
        judge(ctx, row)
        advertised = advertised and row.advertised
      end
    end
    if not advertised then
      ctx:subject { cluster = ctx.args.cluster }:unknown("verified", "which brokers there are is not known")
    end
  end,
}
