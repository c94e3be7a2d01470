local function framed(id, payload)
  return "\0" .. string.pack(">I4", id) .. payload
end

return {
  ["passes when every record is JSON"] = function(world)
    world.target:topic("events", 2)
    world.target:append("events", 0, { '{"id":1}', '{"id":2}' })
    world.target:append("events", 1, { "[1,2,3]" }, { codec = "zstd" })
    local result = world:run { topics = { "events" }, format = "json" }
    result:passes()
    result:lists {
      { check = "decoded", subject = { topic = "events", partition = 0 }, actual = 2, limit = 2 },
      { check = "decoded", subject = { topic = "events", partition = 1 }, actual = 1, limit = 1 },
    }
  end,

  ["takes JSON that this program cannot hold for what it is"] = function(world)
    world.target:topic("events")
    world.target:append("events", 0, {
      '{"id":123456789012345678901234567890}', "[1e999]", '{"a":1,"a":2}', ("["):rep(100) .. ("]"):rep(100), '"\\ud800"',
    })
    local result = world:run { topics = { "events" }, format = "json" }
    result:passes()
    result:has("decoded", { partition = 0 }, { actual = 5, limit = 5 })
    world.target:append("events", 0, { '{"id":123456789012345678901234567890,"a":1,"a":}' })
    world:run({ topics = { "events" }, format = "json" }):fails("decoded", { partition = 0, offset = 5 }, {
      facts = { why = "line 1, column 48: expected a value" },
    })
  end,

  ["passes when every record is UTF-8"] = function(world)
    world.target:topic("notes")
    world.target:append("notes", 0, { "grün", "plain" }, { codec = "lz4" })
    world:run({ topics = { "notes" }, format = "utf8" }):passes()
  end,

  ["decodes keys where it is told to"] = function(world)
    world.target:topic("events")
    world.target:append("events", 0, { { key = '"a"', value = "{}" }, { key = "b", value = "{}" } })
    local result = world:run { topics = { "events" }, format = "json", part = "both" }
    result:fails("decoded", { partition = 0, offset = 1 }, { facts = { part = "key" } })
  end,

  ["counts tombstones and does not judge them"] = function(world)
    world.target:topic("customers")
    world.target:append("customers", 0, { { key = "a", value = "{}" }, { key = "a" } })
    local result = world:run { topics = { "customers" }, format = "json" }
    result:passes()
    result:has("decoded", { partition = 0 }, { actual = 1, facts = { tombstones = 1 } })
  end,

  ["samples head, tail and what lies between"] = function(world)
    world.target:topic("events")
    for _ = 1, 10 do world.target:append("events", 0, { '{"a":1}', '{"a":2}', '{"a":3}' }) end
    world.target:append("events", 0, { "not json" })
    local result = world:run { topics = { "events" }, format = "json", samples = 9 }
    result:fails("decoded", { partition = 0, offset = 30 })
    result:has("decoded", { partition = 0 }, { limit = 9 })
  end,

  ["fails on a record that does not decode to its last byte"] = function(world)
    world.target:topic("events")
    world.target:append("events", 0, { '{"id":1}', '{"id":2} x', "\xff" })
    local result = world:run { topics = { "events" }, format = "json" }
    result:fails("decoded", { topic = "events", partition = 0, offset = 1 })
    result:fails("decoded", { topic = "events", partition = 0, offset = 2 })
    result:has("decoded", { partition = 0 }, { actual = 1, limit = 3 })
  end,

  ["fails on a batch that is damaged"] = function(world)
    world.target:topic("events")
    world.target:append("events", 0, { '{"id":1}' })
    world.target:append("events", 0, { '{"id":2}' })
    world.target:damage("events", 0, 1)
    world:run({ topics = { "events" }, format = "json" }):fails("decoded", { partition = 0, offset = 1 })
  end,

  ["fails on an unframed record among framed ones"] = function(world)
    world.target:topic("events")
    world.target:append("events", 0, { framed(7, "abc"), "plain" })
    local result = world:run { topics = { "events" } }
    result:fails("decoded", { partition = 0, offset = 1 })
  end,

  ["is inconclusive about framed records without a registry"] = function(world)
    world.target:topic("events")
    world.target:append("events", 0, { framed(7, "abc") })
    local result = world:run { topics = { "events" } }
    result:inconclusive("no_registry")
    result:has("decoded", { partition = 0 }, { facts = { schema_ids = { 7 } } })
    world:run({ topics = { "events" }, format = "avro" }):inconclusive("no_registry")
  end,

  ["is inconclusive where nothing is framed"] = function(world)
    world.target:topic("events")
    world.target:append("events", 0, { "plain" })
    world:run({ topics = { "events" } }):inconclusive("schemaless")
  end,

  ["is inconclusive where there is too little to judge by"] = function(world)
    world.target:topic("events")
    world:run({ topics = { "events" }, format = "json" }):inconclusive()
    world.target:append("events", 0, { "{}" })
    world:run({ topics = { "events" }, format = "json", min_records = 2 }):inconclusive()
  end,

  ["does not see records of an open transaction"] = function(world)
    world.target:topic("events")
    world.target:append("events", 0, { "not json" }, { transaction = "t", finish = "open" })
    world:run({ topics = { "events" }, format = "json" }):inconclusive()
    world.target:finish("t", "abort")
    world.target:append("events", 0, { "{}" })
    local result = world:run { topics = { "events" }, format = "json", min_records = 2 }
    result:inconclusive()
    result:has("decoded", { partition = 0 }, { actual = 1, limit = 1 })
  end,

  ["is inconclusive when records may not be read"] = function(world)
    world.target:topic("events")
    world.target:append("events", 0, { "{}" })
    world.target:authorizer { super_users = {} }
    world.target:allow("User:ANONYMOUS", "describe", "topic", "events")
    world:run({ topics = { "events" }, format = "json" }):inconclusive("TOPIC_AUTHORIZATION_FAILED")
  end,

  ["is inconclusive when a leader is gone"] = function(world)
    world.target:topic("events", 2)
    world.target:append("events", 0, { "{}" })
    world.target:append("events", 1, { "{}" })
    world.target:move_leader("events", 1, nil)
    world:run({ topics = { "events" }, format = "json" }):inconclusive()
  end,

  ["is inconclusive when answers make no sense"] = function(world)
    world.target:topic("events")
    world.target:append("events", 0, { "{}" })
    world.target:garbage("Fetch")
    world:run({ topics = { "events" }, format = "json" }):inconclusive("protocol")
  end,
}
