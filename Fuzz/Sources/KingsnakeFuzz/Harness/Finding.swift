// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The end of a run: something does not hold.
enum Finding {
    /// Ends the process in a way that libFuzzer takes for a crash, so that it keeps the input.
    static func report(_ claim: String) -> Never { fatalError("finding: \(claim)") }

    /// Demands something.
    static func unless(_ holds: Bool, _ claim: @autoclosure () -> String) {
        if !holds { report(claim()) }
    }

    /// Demands two values to be equal.
    static func unlessEqual<Value: Equatable>(_ a: Value, _ b: Value, _ claim: @autoclosure () -> String) {
        if a != b { report("\(claim()): \(a) and \(b)") }
    }

    /// Does what must not fail once the input was accepted.
    static func ifRefused<Value>(_ claim: @autoclosure () -> String, _ body: () throws -> Value) -> Value {
        do { return try body() } catch { report("\(claim()): \(error)") }
    }

    /// The value, or nil if the input is refused; every other error goes on.
    static func accepted<Value>(_ body: () throws -> Value) throws -> Value? {
        do { return try body() } catch let refusal as Refusal {
            note(refusal)
            return nil
        }
    }

    /// Whether refusals are printed, to see how far a seed gets: if the environment variable `FUZZ_EXPLAIN` is set.
    private static let explains = getenv("FUZZ_EXPLAIN") != nil

    /// Makes the message, which is made of foreign bytes.
    static func note(_ refusal: Refusal) {
        let message = refusal.description
        if explains { print("refused: \(message)") }
    }
}
