local ssl = { config = { ["security.protocol"] = "SSL" } }

-- With exactly the days that are asked for.
local function asked(days) return { min_valid_days = days } end

return {
  ["passes when each broker shows a chain that is valid for its host and long enough"] = function(world)
    world.target:tls { days = 30 }
    local result = world:run(asked(30), ssl)
    result:passes()
    for _, broker in ipairs { "target-1:9094", "target-2:9094" } do
      result:has("verified", { broker = broker }, {
        ok = true, facts = { listener = "SSL", version = "TLSv1.3", verify_host = true },
      })
      result:has("valid_days", { broker = broker, certificate = 1 }, {
        actual = 30, facts = { subject = "CN=" .. broker:match("^[^:]+"), not_after = "2026-01-31T00:00:00Z" },
      })
    end
  end,

  ["passes when the issuers between are valid for long enough too"] = function(world)
    world.target:tls { days = 90, intermediate_days = 90 }
    local result = world:run(asked(90), ssl)
    result:passes()
    result:has("valid_days", { broker = "target-2:9094", certificate = 2 }, {
      actual = 90, facts = { subject = "CN=Embedded Root 1", issuer = "CN=Embedded Root" },
    })
  end,

  ["passes when the brokers of either cluster take the certificate that they ask for"] = function(world)
    world.source:tls { days = 7, client_certificates = true }
    local arguments = asked(7)
    arguments.cluster = "source"
    local result = world:run(arguments, { config = ssl.config, login = { certificate = "billing" } })
    result:passes()
    result:has("client_certificate", { broker = "source-1:9094" }, { ok = true })
  end,

  ["fails when a broker asks for a certificate and none is configured"] = function(world)
    world.target:tls { days = 30, client_certificates = true }
    local result = world:run({}, ssl)
    result:fails("client_certificate", { broker = "target-1:9094" }, { actual = false })
  end,

  ["is inconclusive when a broker that asks for a certificate says nothing of use past TLS"] = function(world)
    world.target:tls { days = 30, client_certificates = true }
    world.target:garbage("ApiVersions", { broker = 2 })
    local mutual = { config = ssl.config, login = { certificate = "billing" } }
    local result = world:run({}, mutual)
    result:inconclusive("protocol")
    result:has("verified", { broker = "target-2:9094" }, { ok = true })
    result:has("client_certificate", { broker = "target-1:9094" }, { ok = true })
    result:has("client_certificate", { broker = "target-2:9094" }, { unknown = "protocol" })
  end,

  ["fails when one broker shows another certificate than the others, for another host"] = function(world)
    world.target:tls {}
    world.target:tls { broker = 2, hosts = { "old-2" } }
    local result = world:run({}, ssl)
    result:fails("verified", { broker = "target-2:9094" }, { actual = false, facts = { error = "tls.wrong_host" } })
    result:has("verified", { broker = "target-1:9094" }, { ok = true })
  end,

  ["fails when the address of a broker leads to another cluster"] = function(world)
    world.target:tls { days = 30 }
    -- Broker 2 is met a second late, and is the other cluster's by then.
    world.target:delay("ApiVersions", "1s", { broker = 2 })
    world:at("1s").target:cluster_id("other")
    local result = world:run({}, ssl)
    result:fails("verified", { broker = "target-2:9094" }, { facts = { error = "protocol.other_cluster" } })
  end,

  ["does not ask for the host where the configuration says so, and tells"] = function(world)
    world.target:tls { days = 30, hosts = { "elsewhere" } }
    local config = { ["security.protocol"] = "SSL", ["ssl.endpoint.identification.algorithm"] = "" }
    local result = world:run(asked(31), { config = config })
    result:fails("valid_days", { broker = "target-1:9094", certificate = 1 }, { actual = 30, limit = 31 })
    result:has("verified", { broker = "target-1:9094" }, { ok = true, facts = { verify_host = false } })
  end,

  ["fails when a certificate ends a day too soon"] = function(world)
    world.target:tls { days = 30 }
    local result = world:run(asked(31), ssl)
    result:fails("valid_days", { broker = "target-1:9094", certificate = 1 }, { actual = 30, limit = 31 })
  end,

  ["fails when it is the issuer's that ends too soon"] = function(world)
    world.target:tls { days = 90, intermediate_days = 10 }
    local result = world:run(asked(30), ssl)
    result:fails("valid_days", { broker = "target-1:9094", certificate = 2 }, { actual = 10, limit = 30 })
    result:has("valid_days", { broker = "target-1:9094", certificate = 1 }, { ok = true })
  end,

  ["fails when a certificate has expired by the time of the run"] = function(world)
    world.target:tls { days = 30 }
    world.clock:advance("2591999s")
    world:run({}, ssl):passes()
    world.clock:advance("1s")
    world:run({}, ssl):fails("verified", { broker = "target-1:9094" }, { facts = { error = "tls.expired" } })
  end,

  ["fails when a certificate is not valid yet"] = function(world)
    world.target:tls { starts_in = 1, days = 30 }
    local result = world:run({}, ssl)
    result:fails("verified", { broker = "target-1:9094" }, { facts = { error = "tls.not_yet_valid" } })
    world.clock:advance("1d")
    world:run(asked(29), ssl):passes()
  end,

  ["fails when nobody trusts the issuer"] = function(world)
    world.target:tls { issuer = "Somebody" }
    world:run({}, ssl):fails("verified", { broker = "target-1:9094" }, { facts = { error = "tls.unknown_ca" } })
  end,

  ["fails when a broker does not speak TLS"] = function(world)
    local result = world:run({}, ssl)
    result:fails("verified", { broker = "target-1:9092" }, { actual = false })
    result:fails("verified", { broker = "target-2:9092" }, { actual = false })
  end,

  ["is inconclusive on a listener without TLS"] = function(world)
    local result = world:run {}
    result:inconclusive()
    result:has("verified", { broker = "target-1:9092" }, { facts = { listener = "PLAINTEXT" } })
  end,

  ["is inconclusive when nothing can be reached"] = function(world)
    world.target:unreachable()
    world:run({}, ssl):inconclusive()
  end,
}
