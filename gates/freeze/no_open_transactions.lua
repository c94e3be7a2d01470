-- States in which nothing of a transaction can become visible any more, or vanish. All others are open.
local ENDED = { empty = true, complete_commit = true, complete_abort = true, dead = true }

local function judge_partitions(ctx, names)
  local ends = {}
  -- The end first: what is stable later than it was read as the end is settled for certain.
  for _, row in ipairs(ctx.source:offsets { topics = names, at = "end" }) do
    local about = row.error or row
    if row.error then
      ctx:subject { topic = about.topic, partition = about.partition }:unknown("stable", row)
    else
      ends[row.topic .. "/" .. row.partition] = row.offset
    end
  end
  for _, row in ipairs(ctx.source:offsets { topics = names, at = "stable" }) do
    local about = row.error or row
    local subject = ctx:subject { topic = about.topic, partition = about.partition }
    if row.error then
      subject:unknown("stable", row)
    else
      local key = row.topic .. "/" .. row.partition
      local at = ends[key]
      ends[key] = nil
      -- Without an end the subject stays unobserved: what failed has been said above.
      if at then
        subject:at_least("stable", row.offset, at, "offset", { end_offset = at, stable_offset = row.offset })
      end
    end
  end
  for key in pairs(ends) do ctx:subject { partition = key }:unknown("stable", "no answer for this partition") end
end

return {
  name = "no_open_transactions",
  summary = "No transaction is open in the topics",
  doc = [[
The last stable offset of each partition has reached its end, and no transaction that writes to the topics is under way
or about to end. An open transaction pins readers that read committed records, and a hanging one does so for ever.

Brokers list only the transactional ids that the login may describe, without a word of the others, and no right to the
cluster shows them all: let the login describe every id (`*`). An open transaction of a hidden id is still seen by the
stable offset that it holds back.

Transactions that begin afterwards are not seen: run it after the freeze.]],
  phase = "freeze",
  severity = "blocker",
  tags = { "freeze", "transactions" },
  clusters = { "source" },
  args = { topics = { type = "string[]", required = true, doc = "Topics that move: names or globs." } },
  blind_to = {
    cluster_id = "cluster_identity and the plan's cluster_id judge it",
    config = "no setting is read",
    partitions = "what is there has to be stable",
    start_offset = "records that are gone are in no transaction",
    end_offset = "a record more that is in no transaction is stable",
    record = "no record is read",
    checksum = "no record is read",
  },
  example = {
    check = "stable", subject = { topic = "payments", partition = 2 }, actual = 310, op = ">=", limit = 340,
    unit = "offset", ok = false, facts = { end_offset = 340, stable_offset = 310 },
  },
  run = function(ctx)
    local names, selected = {}, {}
    for _, t in ipairs(ctx.source:topics { names = ctx.args.topics }) do
      if t.error then
        ctx:subject { topic = t.error.topic }:unknown("stable", t)
      else
        names[#names + 1] = t.topic
        selected[t.topic] = true
      end
    end
    if #names == 0 then return end
    judge_partitions(ctx, names)
    for _, txn in ipairs(ctx.source:transactions {}) do
      if txn.error then
        ctx:subject { transactions = "all" }:unknown("ended", txn)
      else
        local touched = {}
        for _, place in ipairs(txn.partitions) do
          if selected[place.topic] then touched[#touched + 1] = place.topic .. "-" .. place.partition end
        end
        if #touched > 0 then
          ctx:subject { transactional_id = txn.transactional_id }:is_true("ended", ENDED[txn.transaction_state] or false, {
            state = txn.transaction_state, producer_id = txn.producer_id, producer_epoch = txn.producer_epoch,
            started_ms = txn.transaction_start_time_ms, partitions = #touched,
          })
        end
      end
    end
  end,
}
