import Testing

@testable import GateTesting

@Suite struct TestTextTests {
    private static var report: TestReport {
        var report = TestReport()
        report.cases = [
            .init(file: "gates/a_test.lua", name: "passes", failure: nil, elapsed: .milliseconds(12)),
            .init(
                file: "gates/a_test.lua", name: "fails on <x> & \"y\" #1",
                failure: "gates/a_test.lua:7: expected fail, got pass\n  there is no check\u{1}",
                elapsed: .milliseconds(1500)),
            .init(file: "gates/b_test.lua", name: "holds", failure: nil, elapsed: .seconds(2)),
        ]
        report.elapsed = .milliseconds(2050)
        return report
    }

    @Test("JUnit has a suite for each file, escaped, with what XML cannot hold replaced")
    func junit() {
        #expect(
            TestText.junit(Self.report) == [
                #"<?xml version="1.0" encoding="UTF-8"?>"#,
                #"<testsuites name="sluice test" tests="3" failures="1" errors="0" time="2.050">"#,
                #"  <testsuite name="gates/a_test.lua" tests="2" failures="1" errors="0" time="1.512">"#,
                #"    <testcase classname="gates/a_test.lua" name="passes" file="gates/a_test.lua" time="0.012"/>"#,
                #"    <testcase classname="gates/a_test.lua" name="fails on &lt;x&gt; &amp; &quot;y&quot; #1" "#
                    + #"file="gates/a_test.lua" time="1.500">"#,
                #"      <failure message="gates/a_test.lua:7: expected fail, got pass">"#
                    + "gates/a_test.lua:7: expected fail, got pass\n  there is no check\u{FFFD}</failure>",
                "    </testcase>",
                "  </testsuite>",
                #"  <testsuite name="gates/b_test.lua" tests="1" failures="0" errors="0" time="2.000">"#,
                #"    <testcase classname="gates/b_test.lua" name="holds" file="gates/b_test.lua" time="2.000"/>"#,
                "  </testsuite>",
                "</testsuites>",
            ])
    }

    @Test("TAP has a plan, and what failed with its place")
    func tap() {
        #expect(
            TestText.tap(Self.report) == [
                "TAP version 14",
                "1..3",
                "ok 1 - gates/a_test.lua: passes",
                ##"not ok 2 - gates/a_test.lua: fails on <x> & "y" \#1"##,
                "  ---",
                "  message: |",
                "    gates/a_test.lua:7: expected fail, got pass",
                "      there is no check\u{1}",
                "  at: gates/a_test.lua:7",
                "  ...",
                "ok 3 - gates/b_test.lua: holds",
            ])
    }

    @Test("people read how many passed and failed, and what mutation found")
    func summary() {
        var report = Self.report
        #expect(TestText.summary(report) == ["2 passed, 1 failed  2.0s"])
        report.mutation = .init(killed: 7, declared: 2, survived: 1)
        report.unneeded = [.init(gate: "gates/a.lua", fact: "config")]
        #expect(
            TestText.summary(report) == [
                "note: gates/a.lua need not be blind to config: every change of it was seen",
                "mutation: 7 killed, 1 survived, 2 outside of what the gates see",
                "2 passed, 1 failed  2.0s",
            ])
    }
}
