import Agent
import Gate
import HostSystem
import LuaKit
import Value

/// Runs one test of a file, in a Lua state of its own.
struct TestRun: Sendable {
    let file: TestFile
    let test: String
    let version: String
    /// Files of the tests.
    let host: HostSystem
    /// By the machine's clock, all runs of the test included.
    let patience: Duration

    struct Ending: Sendable {
        /// Nil: as expected.
        let failure: String?
        let passed: [WorldScript.Passed]
        let elapsed: Duration
    }

    func ending() async -> Ending {
        let start = ContinuousClock.now
        let deadline = start + patience
        let bridge = ScriptBridge()
        let interrupter = LuaInterrupter()
        let result = await withTaskGroup(of: (failure: String?, passed: [WorldScript.Passed])?.self) { group in
            group.addTask {
                await bridge.serve()
                return nil
            }
            group.addTask {
                let ended = await self.script(bridge, interrupter, until: deadline)
                bridge.close()
                return ended
            }
            group.addTask {
                // Lua ends what runs in the test itself; the run of a gate that it waits for has to be told.
                try? await Task.sleep(until: deadline)
                if !Task.isCancelled { bridge.cancel() }
                return nil
            }
            var result: (failure: String?, passed: [WorldScript.Passed])?
            for await ended in group {
                guard let ended else { continue }
                result = ended
                group.cancelAll()
            }
            return result
        }
        return Ending(
            failure: result?.failure, passed: result?.passed ?? [], elapsed: start.duration(to: .now))
    }

    private func script(
        _ bridge: ScriptBridge, _ interrupter: LuaInterrupter, until deadline: ContinuousClock.Instant
    ) async -> (failure: String?, passed: [WorldScript.Passed]) {
        let result: (failure: String?, passed: [WorldScript.Passed])?
        do throws(LuaFailure) {
            result = try await LuaThread.run(until: deadline + .seconds(5)) {
                self.onThread(bridge, interrupter, until: deadline)
            }
        } catch {
            return (file.placed(error, in: test), [])
        }
        guard let result else {
            interrupter.interrupt()
            bridge.cancel()
            return (endless, [])
        }
        return result
    }

    private var endless: String {
        "\(file.place(of: test)): the test did not end within \(DurationText.format(patience)); --timeout gives it longer"
    }

    private func read(_ path: String) throws(WorldError) -> [UInt8] {
        do throws(FileError) {
            return try host.read(path, 256 << 10)
        } catch {
            throw WorldError("\(error)")
        }
    }

    private func onThread(
        _ bridge: ScriptBridge, _ interrupter: LuaInterrupter, until deadline: ContinuousClock.Instant
    ) -> (failure: String?, passed: [WorldScript.Passed]) {
        var passed: [WorldScript.Passed] = []
        do throws(LuaFailure) {
            let host = try LuaHost(limits: LuaLimits(), interrupter: interrupter)
            _ = try host.load(source: file.source, name: file.name)
            let script = WorldScript(host) { world, setup throws(WorldError) in
                var (gate, source) = (file.gatePath, file.gateSource)
                if let other = setup.otherGate {
                    gate = file.folder + other
                    source = try read(gate)
                }
                let run = GateRun(gate: gate, source: source, world: world, setup: setup, version: version)
                let result = bridge.wait {
                    let outcome: Result<GateRun.Outcome, WorldError>
                    do throws(WorldError) { outcome = .success(try await run.outcome()) } catch {
                        outcome = .failure(error)
                    }
                    return outcome
                }
                guard let result else { throw WorldError("the test was interrupted") }
                return try result.get()
            }
            let world = try script.reply()
            defer { passed = script.passed }
            try host.call(test, with: [world], until: deadline)
            guard script.expectations > 0 else {
                return ("\(file.place(of: test)): the test expects nothing, so it can show nothing", script.passed)
            }
            return (nil, script.passed)
        } catch {
            return (ContinuousClock.now >= deadline ? endless : file.placed(error, in: test), passed)
        }
    }
}
