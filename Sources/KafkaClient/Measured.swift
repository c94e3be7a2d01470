/// A measurement, or why there is none: partial failure is a value, never a sentinel.
package enum Measured<T: Sendable>: Sendable {
    case value(T)
    case unknown(KafkaError)

    package var value: T? {
        if case .value(let value) = self { value } else { nil }
    }

    package var error: KafkaError? {
        if case .unknown(let error) = self { error } else { nil }
    }

    package func map<U: Sendable>(_ transform: (T) -> U) -> Measured<U> {
        switch self {
        case .value(let value): .value(transform(value))
        case .unknown(let error): .unknown(error)
        }
    }
}

extension Measured: Equatable where T: Equatable {}
