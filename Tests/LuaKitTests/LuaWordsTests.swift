import Testing
import Value

@testable import LuaKit

/// Words may share a place, and then every one of them is still itself.
@Suite struct LuaWordsTests {
    @Test func `Every word is what was handed over, however many fall into one place`() {
        let words = LuaWords()
        let texts = (0..<5000).map { "topic-\($0)" } + ["", "partition", String(repeating: "x", count: 64)]
        for _ in 0..<2 {
            for text in texts { #expect(words.word(Array(text.utf8)[...]) == ByteString(text)) }
        }
    }

    @Test func `A word is kept once`() {
        let words = LuaWords()
        let first = words.word(Array("partition".utf8)[...])
        let again = words.word(Array("a partition".utf8)[2...])
        #expect(isSame(first, again))
    }

    @Test func `What is long is kept by its user only`() {
        let words = LuaWords()
        let text = Array(repeating: UInt8(ascii: "x"), count: 66)
        let (first, again) = (words.word(text[1...]), words.word(text[1...]))
        #expect(first == again)
        #expect(!isSame(first, again))
    }

    private func isSame(_ one: ByteString, _ other: ByteString) -> Bool {
        unsafe one.bytes.withUnsafeBufferPointer { one in
            unsafe other.bytes.withUnsafeBufferPointer { unsafe one.baseAddress == $0.baseAddress }
        }
    }
}
