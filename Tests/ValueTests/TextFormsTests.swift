import Testing
import Value

@Suite("Base64 and Hex") struct TextFormsTests {
    @Test(
        "the vectors of RFC 4648 hold in both directions",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func knowsVectors(plain: String, encoded: String) {
        #expect(Base64.text(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
    }

    @Test("the alphabet for URLs has no padding")
    func encodesForURLs() {
        let bytes: [UInt8] = [0xFB, 0xFF, 0xFE, 0x3E]
        #expect(Base64.text(bytes) == "+//+Pg==")
        #expect(Base64.text(bytes, alphabet: .url) == "-__-Pg")
        #expect(Base64.decode("-__-Pg", alphabet: .url) == bytes)
    }

    @Test(
        "only the one canonical text decodes",
        arguments: ["Zg", "Zg=", "Zh==", "Z===", "====", "Z m9v", "Zm9v=", "-w=="])
    func refusesOtherBase64(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("hexadecimal is lower case out and either case in")
    func hex() {
        #expect(Hex.text([0, 0xAB, 0xFF]) == "00abff")
        #expect(Hex.decode("00aBFf") == [0, 0xAB, 0xFF])
        #expect(Hex.decode("0") == nil)
        #expect(Hex.decode("0g") == nil)
    }

    @Test("random bytes survive")
    func roundTrips() {
        var random = SeededRandom(seed: 5)
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(Base64.decode(Base64.text(bytes)) == bytes)
            #expect(Base64.decode(Base64.text(bytes, alphabet: .url), alphabet: .url) == bytes)
            #expect(Hex.decode(Hex.text(bytes)) == bytes)
        }
    }
}

@Suite("NearestName") struct NearestNameTests {
    private let names = ["bootstrap", "config", "cluster_id", "registry", "connect", "gate", "gates", "id"]

    @Test(
        "a misspelt name finds what was meant",
        arguments: [
            ("bootsrap", "bootstrap"), ("confgi", "config"), ("clusterid", "cluster_id"), ("Registry", "registry"),
            ("gat", "gate"), ("gaets", "gates"), ("conect", "connect"),
        ])
    func finds(name: String, expected: String) {
        #expect(NearestName.nearestName(to: name, among: names) == expected)
    }

    @Test("a name far from all is near none", arguments: ["", "password", "xy", "zzzzzz", "é"])
    func findsNone(name: String) {
        #expect(NearestName.nearestName(to: name, among: names) == nil)
    }

    @Test("among equals the first in byte order is taken, whatever the order given")
    func isDeterministic() {
        #expect(NearestName.nearestName(to: "tab", among: ["tac", "taa"]) == "taa")
        #expect(NearestName.nearestName(to: "tab", among: ["taa", "tac"]) == "taa")
        #expect(NearestName.nearestName(to: String(repeating: "a", count: 100_000), among: names) == nil)
    }
}

@Suite("DurationText") struct DurationTextTests {
    @Test(
        "whole numbers with one unit are read",
        arguments: [
            ("500ms", Duration.milliseconds(500)), ("10s", .seconds(10)), ("5m", .seconds(300)),
            ("2h", .seconds(7_200)), ("1d", .seconds(86_400)), ("0s", .zero),
            ("9223372036854ms", .milliseconds(9_223_372_036_854)), ("106751d", .seconds(106_751 * 86_400)),
        ])
    func parses(text: String, expected: Duration) {
        #expect(DurationText.parse(text) == expected)
    }

    @Test(
        "all else is refused",
        arguments: [
            "", "s", "10", "10 s", " 10s", "10s ", "-1s", "+1s", "1.5s", "1e3s", "10S", "1w", "1us", "1m30s", "١s",
            "9223372036855ms", "9223372036854775807ms", "9223372036854775808ms", "106752d", "106751991168d",
        ])
    func refuses(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test("the largest exact unit is written, and reads back")
    func formats() {
        for text in ["500ms", "10s", "5m", "2h", "1d", "90s", "36h", "1500ms", "0s"] {
            #expect(DurationText.parse(text).map { DurationText.format($0) } == text)
        }
        #expect(DurationText.format(.seconds(-90)) == "-90s")
        #expect(DurationText.format(.microseconds(1_500_900)) == "1500ms")
        #expect(DurationText.format(.seconds(Int64.max)) == "9223372036854775807ms")
        #expect(DurationText.format(.milliseconds(Int64.min)) == "-9223372036854775808ms")
    }
}
