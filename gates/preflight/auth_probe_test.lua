local options = { principals = { billing = { user = "billing", password = "secret" } } }

local over_tls = {
  principals = { billing = { user = "billing", password = "secret", ["security.protocol"] = "SASL_SSL" } },
}

local function secured(world)
  world.target:login("billing", "secret")
  world.target:topic("orders")
  world.target:group("billing")
  world.target:allow("User:billing", "read", "topic", "orders")
  world.target:allow("User:billing", "read", "group", "billing")
end

return {
  ["passes when the principal is let in everywhere and may do what it needs"] = function(world)
    secured(world)
    local result = world:run(
      { operations = { "read" }, topics = { "orders" }, groups = { "billing" }, mechanism = "PLAIN" }, options)
    result:passes()
    result:lists {
      { check = "login", subject = { principal = "billing", broker = "target-1:9093" }, ok = true },
      { check = "mechanism", subject = { principal = "billing", broker = "target-1:9093" }, actual = "PLAIN" },
      { check = "login", subject = { principal = "billing", broker = "target-2:9093" }, ok = true },
      { check = "mechanism", subject = { principal = "billing", broker = "target-2:9093" }, actual = "PLAIN" },
      { check = "allowed", subject = { principal = "billing", operation = "read", topic = "orders" }, ok = true },
      { check = "allowed", subject = { principal = "billing", operation = "read", group = "billing" }, ok = true },
    }
  end,

  ["passes by SCRAM, and fails by another mechanism than expected"] = function(world)
    world.target:login("billing", "secret", "SCRAM-SHA-512")
    local scram = { principals = { billing = { user = "billing", password = "secret", mechanism = "SCRAM-SHA-512" } } }
    local result = world:run({ mechanism = "SCRAM-SHA-512" }, scram)
    result:passes()
    result:has("login", { principal = "billing", broker = "target-2:9093" }, { facts = { mechanism = "SCRAM-SHA-512" } })
    world:run({ mechanism = "PLAIN" }, scram):fails("mechanism", { principal = "billing" }, { actual = "SCRAM-SHA-512" })
  end,

  ["probes as the run itself where no principal is given"] = function(world)
    local result = world:run {}
    result:passes()
    result:has("login", { principal = "self", broker = "target-1:9092" }, { ok = true })
  end,

  ["fails when the address of a broker leads to another cluster"] = function(world)
    -- Broker 2 is met a second late, and is the other cluster's by then.
    world.target:delay("ApiVersions", "1s", { broker = 2 })
    world:at("1s").target:cluster_id("other")
    local result = world:run({})
    result:fails("login", { broker = "target-2:9092" }, { facts = { error = "protocol.other_cluster" } })
  end,

  ["passes where a login has to be refused, and is"] = function(world)
    world.target:login("billing", "secret")
    local result = world:run({ expect = "denied" }, {
      principals = { billing = { user = "billing", password = "old" } },
    })
    result:passes()
    result:has("login", { principal = "billing" }, { actual = false, ok = true })
  end,

  ["passes where an operation has to be denied, and is"] = function(world)
    world.target:login("billing", "secret")
    world.target:topic("orders")
    world.target:allow("User:billing", "describe", "topic", "orders")
    local result = world:run({ expect = "denied", operations = { "write" }, topics = { "orders" } }, options)
    result:passes()
    result:has("allowed", { operation = "write", topic = "orders" }, { actual = false, ok = true })
  end,

  ["fails when the password is wrong"] = function(world)
    secured(world)
    world.target:login("billing", "changed")
    local result = world:run({}, options)
    result:fails("login", { principal = "billing", broker = "target-1:9093" }, { actual = false })
  end,

  ["fails when one advertised broker cannot be reached"] = function(world)
    secured(world)
    world.target:unreachable(2)
    local result = world:run({}, options)
    result:fails("login", { principal = "billing", broker = "target-2:9093" })
    result:has("login", { principal = "billing", broker = "target-1:9093" }, { ok = true })
  end,

  ["fails when an operation is not allowed"] = function(world)
    secured(world)
    local result = world:run({ operations = { "read", "write" }, topics = { "orders" } }, options)
    result:fails("allowed", { operation = "write", topic = "orders" }, { actual = false, limit = true })
    result:has("allowed", { operation = "read", topic = "orders" }, { ok = true })
  end,

  ["fails when the topic may not be described"] = function(world)
    secured(world)
    world.target:topic("payments")
    local result = world:run({ operations = { "read" }, topics = { "payments" } }, options)
    result:fails("allowed", { topic = "payments" }, { facts = { error = "TOPIC_AUTHORIZATION_FAILED" } })
  end,

  ["fails when another mechanism is in use"] = function(world)
    secured(world)
    world:run({ mechanism = "SCRAM-SHA-512" }, options):fails("mechanism", {}, { actual = "PLAIN" })
  end,

  ["passes over TLS"] = function(world)
    world.target:login("billing", "secret")
    world.target:tls { days = 30, client_certificates = true }
    local result = world:run({ min_valid_days = 30, mechanism = "PLAIN" }, over_tls)
    result:passes()
    result:has("tls", { principal = "billing", broker = "target-2:9095" }, {
      actual = 30, limit = 30, facts = { version = "TLSv1.3", verify_host = true, subject = "CN=target-2" },
    })
    result:has("login", { principal = "billing", broker = "target-1:9095" }, { facts = { listener = "SASL_SSL" } })
  end,

  ["passes by the client's own certificate, which says who it is"] = function(world)
    world.target:tls { days = 30, client_certificates = true }
    world.target:topic("orders")
    world.target:allow("User:CN=billing", "read", "topic", "orders")
    local certificate = { certificate = "billing", ["security.protocol"] = "SSL" }
    local result = world:run({ min_valid_days = 30, operations = { "read" }, topics = { "orders" } }, {
      principals = { billing = certificate },
    })
    result:passes()
    result:has("login", { principal = "billing", broker = "target-1:9094" }, { facts = { listener = "SSL" } })
    result:has("allowed", { principal = "billing", operation = "read", topic = "orders" }, { ok = true })
  end,

  ["fails when a certificate of the chain ends too soon"] = function(world)
    secured(world)
    world.target:tls { days = 90, intermediate_days = 10 }
    local result = world:run({ min_valid_days = 30 }, over_tls)
    result:fails("tls", { principal = "billing", broker = "target-1:9095" }, {
      actual = 10, limit = 30, facts = { first_to_expire = "CN=Embedded Root 1" },
    })
    result:has("login", { principal = "billing", broker = "target-1:9095" }, { ok = true })
  end,

  ["fails when one broker's certificate is for another host, has expired or is of nobody that is trusted"] = function(world)
    secured(world)
    world.target:tls {}
    local mistakes = {
      ["tls.wrong_host"] = { broker = 2, hosts = { "old-2", "10.0.0.2" } },
      ["tls.expired"] = { broker = 2, starts_in = -30, days = -1 },
      ["tls.not_yet_valid"] = { broker = 2, starts_in = 1 },
      ["tls.unknown_ca"] = { broker = 2, issuer = "Somebody" },
    }
    for name, mistake in pairs(mistakes) do
      world.target:tls(mistake)
      local result = world:run({}, over_tls)
      result:fails("tls", { principal = "billing", broker = "target-2:9095" }, { actual = false, facts = { error = name } })
      result:fails("login", { principal = "billing", broker = "target-2:9095" }, { actual = false })
      result:has("tls", { principal = "billing", broker = "target-1:9095" }, { ok = true })
    end
  end,

  ["fails when the broker wants a certificate of the client, and there is none"] = function(world)
    world.target:tls { client_certificates = true }
    local result = world:run({}, { principals = { billing = { ["security.protocol"] = "SSL" } } })
    result:fails("login", { principal = "billing", broker = "target-1:9094" }, { facts = { error = "auth.tls" } })
  end,

  ["is inconclusive when no broker with TLS can be reached"] = function(world)
    secured(world)
    world.target:tls {}
    world.target:unreachable()
    world:run({}, over_tls):inconclusive("unreachable")
  end,

  ["fails when TLS does not come about"] = function(world)
    secured(world)
    local tls = { user = "billing", password = "secret", ["security.protocol"] = "SASL_SSL" }
    world:run({}, { principals = { billing = tls } }):fails("tls", { principal = "billing" })
  end,

  ["fails when a denied operation is allowed"] = function(world)
    secured(world)
    world:run({ expect = "denied", operations = { "read" }, topics = { "orders" } }, options)
      :fails("allowed", { operation = "read" }, { actual = true, limit = false })
  end,

  ["is inconclusive when nothing can be reached"] = function(world)
    world.target:unreachable()
    world:run({}):inconclusive("unreachable")
  end,

  ["is inconclusive about operations without a login"] = function(world)
    secured(world)
    world.target:unreachable()
    local result = world:run({ operations = { "read" }, topics = { "orders" } }, options)
    result:inconclusive()
    result:has("allowed", { principal = "billing" }, {})
  end,

  ["is inconclusive about a topic that does not exist"] = function(world)
    secured(world)
    world.target:allow("User:billing", "read", "topic", "refunds")
    world:run({ operations = { "read" }, topics = { "refunds" } }, options)
      :inconclusive("UNKNOWN_TOPIC_OR_PARTITION")
  end,

  ["passes by globs where the principal may do what it needs with all that they select"] = function(world)
    secured(world)
    world.target:topic("orders.old", 1, {}, { beside = true })
    local arguments = { operations = { "read" }, topics = { "ord*", "!orders.old" }, groups = { "bill*", "later" } }
    world:run(arguments, options):fails("allowed", { group = "later" }, { actual = false })
    world.target:allow("User:billing", "read", "group", "lat", { prefixed = true })
    local result = world:run(arguments, options)
    result:passes()
    result:has("allowed", { operation = "read", topic = "orders" }, { ok = true })
    result:has("allowed", { operation = "read", group = "billing" }, { ok = true })
    result:has("allowed", { operation = "read", group = "later" }, { ok = true })
  end,

  ["fails when a topic or group that a glob selects is hidden from the principal"] = function(world)
    secured(world)
    world.target:topic("orders.eu")
    world.target:group("billing.eu")
    local result = world:run({ operations = { "read" }, topics = { "orders*" }, groups = { "billing*" } }, options)
    result:fails("allowed", { topic = "orders.eu" }, { facts = { error = "TOPIC_AUTHORIZATION_FAILED" } })
    result:fails("allowed", { group = "billing.eu" }, { facts = { error = "GROUP_AUTHORIZATION_FAILED" } })
    result:has("allowed", { topic = "orders" }, { ok = true })
    result:has("allowed", { group = "billing" }, { ok = true })
  end,

  ["asks about what the principal alone sees"] = function(world)
    secured(world)
    world.target:authorizer { super_users = {} }
    local arguments = { operations = { "read" }, topics = { "ord*" }, groups = { "bill*" } }
    -- Whoever may not describe the cluster sees some groups alone.
    world:run(arguments, options):inconclusive("CLUSTER_AUTHORIZATION_FAILED")
    world.target:allow("User:billing", "describe", "cluster")
    local result = world:run(arguments, options)
    result:passes()
    result:has("allowed", { topic = "orders" }, { ok = true })
    result:has("allowed", { group = "billing" }, { ok = true })
  end,

  ["is inconclusive when neither the run nor the principal sees all groups, whichever globs each finds some by"] = function(world)
    secured(world)
    world.target:group("other")
    world.target:authorizer { super_users = {} }
    world.target:allow("User:ANONYMOUS", "describe", "group", "billing")
    world.target:allow("User:billing", "read", "group", "other")
    world:run({ operations = { "read" }, groups = { "bill*", "oth*" } }, options)
      :inconclusive("CLUSTER_AUTHORIZATION_FAILED")
  end,

  ["is inconclusive when a glob selects nothing"] = function(world)
    secured(world)
    -- A permission without anything that it is for.
    world.target:allow("User:billing", "read", "group", "pay", { prefixed = true })
    world:run({ operations = { "read" }, groups = { "pay*" } }, options):inconclusive("GROUP_ID_NOT_FOUND")
    world:run({ operations = { "read" }, topics = { "pay*" } }, options):inconclusive()
  end,

  ["is inconclusive about globs when the run itself cannot look, and needs not to for names"] = function(world)
    world.target:login("billing", "secret")
    world.target:topic("orders")
    world.target:allow("User:billing", "read", "topic", "orders")
    local stranger = { principals = options.principals, login = { user = "stranger", password = "wrong" } }
    world:run({ operations = { "read" }, topics = { "ord*" } }, stranger):inconclusive("SASL_AUTHENTICATION_FAILED")
    world:run({ operations = { "read" }, topics = { "orders" } }, stranger):passes()
  end,

  ["asks groups only for operations that groups have"] = function(world)
    secured(world)
    world.target:allow("User:billing", "write", "topic", "orders")
    local result = world:run({ operations = { "read", "write" }, topics = { "orders" }, groups = { "billing" } }, options)
    result:passes()
    result:lists {
      { check = "login" }, { check = "login" },
      { check = "allowed", subject = { operation = "read", topic = "orders" }, ok = true },
      { check = "allowed", subject = { operation = "write", topic = "orders" }, ok = true },
      { check = "allowed", subject = { operation = "read", group = "billing" }, ok = true },
    }
    world:run({ operations = { "write" }, topics = { "orders" }, groups = { "billing" } }, options):inconclusive()
  end,

  ["is inconclusive about operations on groups that the brokers have never heard of"] = function(world)
    world.target:brokers(2, "3.9")
    secured(world)
    local result = world:run({ operations = { "read", "alter_configs" }, groups = { "billing" } }, options)
    result:inconclusive()
    result:has("allowed", { operation = "read", group = "billing" }, { ok = true })
  end,

  ["fails when an operation on groups that the brokers know is not allowed"] = function(world)
    secured(world)
    world:run({ operations = { "alter_configs" }, groups = { "billing" } }, options)
      :fails("allowed", { operation = "alter_configs", group = "billing" }, { actual = false })
  end,

  ["takes CREATE on the cluster for CREATE on each topic"] = function(world)
    world.target:login("billing", "secret")
    world.target:topic("orders")
    world.target:allow("User:billing", "read", "topic", "orders", { beside = true })
    local arguments = { operations = { "create" }, topics = { "orders" } }
    local denied = { operations = { "create" }, topics = { "orders" }, expect = "denied" }
    -- Whether the cluster lets it is told to those alone that may describe the cluster.
    world:run(arguments, options):inconclusive()
    world:run(denied, options):inconclusive()
    world.target:allow("User:billing", "describe", "cluster")
    world:run(arguments, options):fails("allowed", { operation = "create", topic = "orders" }, { actual = false })
    world.target:allow("User:billing", "create", "cluster")
    local result = world:run(arguments, options)
    result:passes()
    result:has("allowed", { operation = "create", topic = "orders" }, { facts = { by = "cluster" } })
    world:run(denied, options):fails("allowed", { operation = "create", topic = "orders" }, { actual = true })
  end,
}
