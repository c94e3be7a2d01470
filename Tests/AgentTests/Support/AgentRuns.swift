import Testing

/// Tests that carry runs through, one after another: gates have deadlines, and each run may take every processor.
@Suite("Runs of the agent", .serialized)
enum AgentRuns {}
