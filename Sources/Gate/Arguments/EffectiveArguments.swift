package import Value

/// The arguments a gate runs with, each with where it came from.
package struct EffectiveArguments: Hashable, Sendable {
    /// A gate of the run, as far as its arguments go.
    package struct Gate: Hashable, Sendable {
        package let id: String
        package let name: String
        package let specs: [ArgumentSpec]

        package init(id: String, name: String, specs: [ArgumentSpec]) {
            self.id = id
            self.name = name
            self.specs = specs
        }
    }

    package struct Entry: Hashable, Sendable {
        package let name: String
        package let value: Value
        /// `default`, `plan`, or the origin of the assignment.
        package let origin: String
    }

    /// In the order of their names.
    ///
    /// An argument neither given nor with a default is absent.
    package let entries: [Entry]

    package subscript(name: String) -> Entry? { entries.first { $0.name == name } }

    /// The arguments of one gate of the run.
    ///
    /// `plan`: The `args` of the gate in the plan.
    ///
    /// `layers`: What the plan gives way to, the weakest layer first: `--set-file`, environment, `--set`. In a layer an
    /// assignment that names the gate beats one that does not; then the last beats the first.
    package static func resolve(
        _ gate: Gate, plan: [ByteString: Value] = [:], planFile: String? = nil, layers: [[Assignment]] = [],
        matching: PatternMatcher
    ) throws(GateError) -> EffectiveArguments {
        let planPlace = Place(file: planFile, gate: gate.id, path: "args")
        for name in plan.keys.sorted() where !gate.specs.contains(where: { ByteString($0.name) == name }) {
            throw unknown(name, of: gate, at: planPlace.key(name))
        }
        var entries: [Entry] = []
        for spec in gate.specs.sorted(by: { ByteString($0.name) < ByteString($1.name) }) {
            var entry = spec.defaultValue.map { Entry(name: spec.name, value: $0, origin: "default") }
            if let value = plan[ByteString(spec.name)] {
                let checked = try spec.checked(value, at: planPlace.key(spec.name), matching: matching)
                entry = Entry(name: spec.name, value: checked, origin: "plan")
            }
            if let assignment = strongest(layers, for: spec, of: gate) {
                entry = try applied(assignment, to: spec, of: gate, matching: matching)
            }
            if let entry {
                entries.append(entry)
            } else if spec.isRequired {
                throw missing(spec, of: gate, at: planPlace)
            }
        }
        return EffectiveArguments(entries: entries)
    }

    /// What is wrong with the `args` of one gate of a plan: all of it, which ``resolve`` ends at the first of.
    ///
    /// A required one that is missing is among it, though something else may give it.
    package static func mistakes(
        in plan: [ByteString: Value], of gate: Gate, matching: PatternMatcher
    ) -> [GateError] {
        let place = Place(gate: gate.id, path: "args")
        let known = Set(gate.specs.map { ByteString($0.name) })
        var mistakes = plan.keys.filter { !known.contains($0) }.sorted().map {
            unknown($0, of: gate, at: place.key($0))
        }
        for spec in gate.specs.sorted(by: { ByteString($0.name) < ByteString($1.name) }) {
            do throws(GateError) {
                if let value = plan[ByteString(spec.name)] {
                    _ = try spec.checked(value, at: place.key(spec.name), matching: matching)
                } else if spec.isRequired {
                    throw missing(spec, of: gate, at: place)
                }
            } catch {
                mistakes.append(error)
            }
        }
        return mistakes
    }

    /// Every assignment has to reach an argument of some gate of the run; one that does not was misspelt.
    package static func checkUse(of assignments: [Assignment], by gates: [Gate]) throws(GateError) {
        for assignment in assignments {
            let meant = gates.filter(assignment.isMeant)
            if meant.isEmpty {
                let gate = assignment.gate.map { Quoted.plain($0) } ?? ""
                let hint = Nearest.hint(gate, among: gates.flatMap { [$0.id, $0.name] })
                let fact = "\(assignment.origin): no gate \(gate) in this run"
                throw GateError(.invalid(fact), hint: hint)
            }
            let names = meant.flatMap { $0.specs.map(\.name) }
            if names.contains(where: { ByteString($0) == assignment.name }) { continue }
            let gate = assignment.gate.map { "gate \(Quoted.plain($0))" } ?? "no gate of this run"
            let verb = assignment.gate == nil ? "has" : "has no"
            let fact = "\(assignment.origin): \(gate) \(verb) argument \(Quoted.text(assignment.name))"
            throw GateError(.invalid(fact), hint: Nearest.hint(assignment.name.description, among: names))
        }
    }

    private static func strongest(_ layers: [[Assignment]], for spec: ArgumentSpec, of gate: Gate) -> Assignment? {
        for layer in layers.reversed() {
            let meant = layer.filter { $0.name == ByteString(spec.name) && $0.isMeant(for: gate) }
            if let found = meant.last(where: { $0.gate != nil }) ?? meant.last { return found }
        }
        return nil
    }

    private static func applied(
        _ assignment: Assignment, to spec: ArgumentSpec, of gate: Gate, matching: PatternMatcher
    ) throws(GateError) -> Entry {
        let place = Place(file: assignment.origin, gate: gate.id, path: spec.name)
        let value =
            switch assignment.form {
            case .text(let text): try spec.parsed(text, at: place, matching: matching)
            case .value(let value): try spec.checked(value, at: place, matching: matching)
            }
        return Entry(name: spec.name, value: value, origin: assignment.origin)
    }

    private static func missing(_ spec: ArgumentSpec, of gate: Gate, at place: Place) -> GateError {
        let hint = "give --set \(gate.id).\(spec.name)=… or args in the plan"
        return place.key(spec.name).error(.missing, hint: hint)
    }

    private static func unknown(_ name: ByteString, of gate: Gate, at place: Place) -> GateError {
        let names = gate.specs.map(\.name)
        let known = names.isEmpty ? "the gate has no arguments" : "it has " + names.joined(separator: ", ")
        let hint = Nearest.hint(name.description, among: names) ?? known
        return place.error(.invalid("gate \(gate.name) has no such argument"), hint: hint)
    }
}

extension EffectiveArguments {
    /// `ctx.args`: durations as milliseconds.
    package var value: Value {
        .map(Dictionary(entries.map { (ByteString($0.name), $0.value) }, uniquingKeysWith: { _, last in last }))
    }

    /// `args` of `gate_started`: each with its value and origin.
    package var evidence: Value {
        .map(
            Dictionary(
                entries.map { (ByteString($0.name), ["value": $0.value, "origin": .text($0.origin)]) },
                uniquingKeysWith: { _, last in last }))
    }
}
