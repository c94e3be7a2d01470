/// What `sluice new` writes: a gate that runs and proves nothing yet, and the test that says so.
///
/// The documentation of a gate is part of its manifest (`doc`, `example`), where `sluice doc` finds it; a third file
/// would only drift away from it.
enum GateTemplate {
    static func gate(_ name: String, phase: String) -> String {
        """
        return {
          name = "\(name)",
          summary = "Say in one line what a pass proves",
          doc = [[
        Say what is measured and how, what makes it fail, and what a pass does not prove.]],
          phase = "\(phase)",
          severity = "blocker",
          clusters = { "target" },
          args = {
            topics = { type = "string[]", required = true, doc = "Topics by their names on the target: names or globs." },
          },
          run = function(ctx)
            for _, topic in ipairs(ctx.target:topics { names = ctx.args.topics }) do
              if topic.error then
                ctx:subject { topic = topic.error.topic }:unknown("measured", topic)
              else
                local subject = ctx:subject { topic = topic.topic }
                -- What was measured against what is required, such as:
                -- subject:at_least("partitions", #topic.partitions, 2, "partitions")
              end
            end
          end,
        }

        """
    }

    static func test(_ name: String) -> String {
        """
        -- Each test has two clusters of its own, and runs \(name).lua on them.
        return {
          ["passes where it has to"] = function(world)
            world.target:topic("orders", 3)
            world:run({ topics = { "orders" } }):passes()
          end,

          -- A gate that has never been seen failing proves nothing: break one fact, and name the check that sees it.
          ["fails where it has to"] = function(world)
            world.target:topic("orders", 1)
            world:run({ topics = { "orders" } }):fails("partitions", { topic = "orders" })
          end,

          ["is inconclusive where there is nothing to measure"] = function(world)
            world:run({ topics = { "absent*" } }):inconclusive("protocol", "absent*")
          end,
        }

        """
    }
}
