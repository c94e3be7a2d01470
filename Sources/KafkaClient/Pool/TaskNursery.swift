/// Keeps the pumps of connections as child tasks of the scope that uses the connections.
package struct TaskNursery: Sendable {
    private let jobs: AsyncStream<@Sendable () async -> Void>.Continuation

    /// Runs `body`; when it returns, every task started through the nursery is cancelled and awaited.
    package static func with<R: Sendable>(_ body: @Sendable (TaskNursery) async -> R) async -> R {
        let (stream, jobs) = AsyncStream.makeStream(of: (@Sendable () async -> Void).self)
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await withDiscardingTaskGroup { inner in
                    for await job in stream { inner.addTask(operation: job) }
                    inner.cancelAll()
                }
            }
            let result = await body(TaskNursery(jobs: jobs))
            jobs.finish()
            group.cancelAll()
            return result
        }
    }

    package func start(_ job: @escaping @Sendable () async -> Void) { jobs.yield(job) }
}
