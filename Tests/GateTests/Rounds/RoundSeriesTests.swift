import Gate
import Testing
import Value

@Suite("RoundSeries")
struct RoundSeriesTests {
    /// The records that a gate makes in one round: a number is a measured lag, nil an unknown one.
    private func records(_ lags: [(partition: Int64, lag: Int64?)]) throws -> [LedgerRecord] {
        var ledger = Ledger()
        for (partition, lag) in lags {
            let id = try ledger.subject(["partition": .integer(partition)], at: "a.lua:1")
            let actual = lag.map { Value.integer($0) } ?? .null
            try ledger.check(
                Check("lag", .atMost, actual: .value(actual), limit: .value(5), at: "a.lua:2"), of: id)
        }
        return ledger.takeRecords()
    }

    private func observe(_ series: inout RoundSeries, _ lags: [(partition: Int64, lag: Int64?)]) throws
        -> [RoundSeries.Observation]
    {
        series.beginRound()
        return try records(lags).compactMap {
            switch $0 {
            case .check(let record): series.observe(record)
            case .unknown(let record): series.observe(record)
            case .note: nil
            }
        }
    }

    @Test("a line is due at each change of result, not at each round")
    func changes() throws {
        var series = RoundSeries()
        let changes = try [9, 3, 2, 2, 7, nil, nil, 1].map { try observe(&series, [(0, $0)])[0].isChange }
        #expect(changes == [true, true, false, false, true, true, false, true])
        let rounds = series.rounds(of: "lag", ["partition": 0])
        #expect(rounds == .init(n: 8, ok: 4, min: 1, max: 9, last: 1))
    }

    @Test("subjects are counted apart")
    func subjects() throws {
        var series = RoundSeries()
        _ = try observe(&series, [(0, 1), (1, 9)])
        let second = try observe(&series, [(0, 9), (1, 9)])
        #expect(second.map(\.isChange) == [true, false])
        #expect(second[0].rounds == .init(n: 2, ok: 1, min: 1, max: 9, last: 9))
        #expect(second[1].rounds == .init(n: 2, ok: 0, min: 9, max: 9, last: 9))
    }

    @Test("a check made twice in a round counts once, and as true only if both are")
    func twice() throws {
        var series = RoundSeries()
        _ = try observe(&series, [(0, 1), (0, 9)])
        _ = try observe(&series, [(0, 9), (0, 1)])
        _ = try observe(&series, [(0, 1), (0, 1)])
        #expect(series.rounds(of: "lag", ["partition": 0]) == .init(n: 3, ok: 1, min: 1, max: 9, last: 1))
    }

    @Test("an unknown round has no last value and does not move the bounds")
    func unknown() throws {
        var series = RoundSeries()
        _ = try observe(&series, [(0, nil)])
        #expect(series.rounds(of: "lag", ["partition": 0]) == .init(n: 1, ok: 0, min: nil, max: nil, last: nil))
        #expect(series.rounds(of: "other", ["partition": 0]) == nil)
    }
}
