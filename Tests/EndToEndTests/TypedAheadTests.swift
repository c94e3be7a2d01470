import Testing

@testable import sluice

/// ^C among keys that come while an entry runs, however they are cut into reads.
@Suite struct TypedAheadTests {
    private func keys(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func `The first ends the entry, and what was typed before it is gone`() {
        var ahead = TypedAhead()
        ahead.begin()
        ahead.add(keys("abc"))
        #expect(ahead.wish() == nil)
        ahead.add(keys("d\u{3}ef"))
        #expect(ahead.wish() == .interrupt)
        #expect(ahead.keys == keys("ef"))
        #expect(ahead.wish() == nil)
    }

    @Test func `Typed once more it ends the program while the entry goes on`() {
        var ahead = TypedAhead()
        ahead.begin()
        ahead.add(keys("\u{3}"))
        #expect(ahead.wish() == .interrupt)
        ahead.add(keys("\u{3}"))
        #expect(ahead.wish() == .leave)
    }

    @Test func `After other keys it is meant for the entry that they are`() {
        var ahead = TypedAhead()
        ahead.begin()
        ahead.add(keys("\u{3}next()\r\u{3}"))
        #expect(ahead.wish() == .interrupt)
        #expect(ahead.wish() == nil)
        #expect(keys("next()\r").map { _ in ahead.next() } == keys("next()\r"))
        ahead.begin()
        #expect(ahead.wish() == .interrupt)
        #expect(ahead.isEmpty)
    }

    @Test func `Typed twice among other keys it ends the program all the same`() {
        var ahead = TypedAhead()
        ahead.begin()
        ahead.add(keys("\u{3}"))
        #expect(ahead.wish() == .interrupt)
        ahead.add(keys("why\u{3}"))
        #expect(ahead.wish() == nil)
        ahead.add(keys("\u{3}"))
        #expect(ahead.wish() == .leave)
    }
}
