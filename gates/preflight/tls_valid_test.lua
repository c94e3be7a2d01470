return {
  ["fails when a broker does not speak TLS"] = function(world)
    local result = world:run({}, { config = { ["security.protocol"] = "SSL" } })
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
    world:run({}, { config = { ["security.protocol"] = "SSL" } }):inconclusive()
  end,
}
