return {
  name = "partition_parity",
  summary = "Each source topic exists on the target with the same number of partitions",
  doc = [[
Each selected topic of the source exists on the target under its mapped name, with exactly as many partitions. More
partitions on the target are no better than fewer: keys would land elsewhere, and committed offsets would not map.

A topic that is missing on the source, a glob that matches nothing there, and a topic that the principal may not
describe are inconclusive: what cannot be seen is not compared.

It does not compare configurations or records.]],
  phase = "preflight",
  severity = "blocker",
  tags = { "topics" },
  clusters = { "source", "target" },
  args = {
    topics = { type = "string[]", required = true, doc = "Topics of the source: names or globs, a leading ! excludes." },
  },
  blind_to = {
    cluster_id = "cluster_identity and the plan's cluster_id judge it",
    config = "configurations are not compared",
    end_offset = "records are not compared",
    leader = "a partition counts whoever leads it",
    stale_leader = "a partition counts whoever leads it",
    broker = "any broker knows every topic",
  },
  example = {
    check = "partitions", subject = { topic = "orders" }, actual = 12, op = "==", limit = 12, ok = true,
    facts = { target_topic = "src.orders" },
  },
  run = function(ctx)
    local wanted, names = {}, {}
    for _, topic in ipairs(ctx.source:topics { names = ctx.args.topics }) do
      if topic.error then
        ctx:subject { topic = topic.topic }:unknown("exists", topic)
      else
        local name = ctx.map.topic(topic.topic)
        wanted[#wanted + 1] = { topic = topic.topic, partitions = #topic.partitions, target = name }
        names[#names + 1] = name
      end
    end
    if #wanted == 0 then return end
    local found = {}
    for _, topic in ipairs(ctx.target:topics { names = names }) do
      found[topic.error and topic.error.topic or topic.topic] = topic
    end
    for _, want in ipairs(wanted) do
      local subject = ctx:subject { topic = want.topic }
      local facts = { target_topic = want.target, target_topic_id = nil }
      local topic = found[want.target]
      if topic == nil then
        subject:unknown("exists", "the target's answer leaves the topic out", facts)
      elseif topic.error and topic.error.name == "UNKNOWN_TOPIC_OR_PARTITION" then
        -- Kafka says this only to a principal that may describe the topic; to others it says so.
        ctx:acknowledge(topic, "the topic's absence is what this gate judges")
        subject:is_true("exists", false, facts)
      elseif topic.error then
        subject:unknown("exists", topic, facts)
      else
        facts.target_topic_id = topic.topic_id
        subject:is_true("exists", true, facts)
        subject:equal("partitions", #topic.partitions, want.partitions, facts)
      end
    end
  end,
}
