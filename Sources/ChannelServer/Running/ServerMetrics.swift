// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Synchronization

/// Numbers for whoever watches the server, in the form that Prometheus reads.
///
/// Names and labels are the program's own words, never a client's, so that there is only a fixed number of
/// them.
public final class ServerMetrics: Sendable {
    private let state = Mutex(State())

    private struct State {
        var values: [Series: Double] = [:]
        var timings: [Series: Timing] = [:]
        var texts: [String: String] = ServerMetrics.texts
        /// Answers to requests, which come too often for names and labels to be looked up for each.
        var answers: [AnswerKind: Int] = [:]
        var answerBytes = 0
        var answerTimes = Timing()

        /// The same, with the answers as series.
        var withAnswers: State {
            var all = self
            guard answerTimes.count > 0 else { return all }
            for (kind, count) in answers {
                let labels = ["method": kind.method, "status": "\(kind.status)"]
                all.values[Series(name: "kingsnake_http_requests_total", labels: labels)] = Double(count)
            }
            all.values[Series(name: "kingsnake_http_answer_bytes_total", labels: [:])] = Double(answerBytes)
            all.timings[Series(name: "kingsnake_http_request_seconds", labels: [:])] = answerTimes
            return all
        }
    }

    private struct AnswerKind: Hashable {
        let method: String
        let status: Int
    }

    private struct Series: Hashable {
        let name: String
        let labels: [String: String]
    }

    private struct Timing {
        var counts = [UInt64](repeating: 0, count: ServerMetrics.bounds.count)
        var count: UInt64 = 0
        var sum = 0.0

        mutating func add(_ seconds: Double) {
            for (index, bound) in ServerMetrics.bounds.enumerated() where seconds <= bound {
                counts[index] += 1
            }
            count += 1
            sum += seconds
        }
    }

    /// The upper bounds of a timing's classes, in seconds.
    private static let bounds = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60]

    private static let texts = [
        "kingsnake_connections": "Connections that are open.",
        "kingsnake_connections_abandoned_total":
            "Connections closed because their clients did nothing for too long.",
        "kingsnake_http_requests_total": "Requests answered, by method and status.",
        "kingsnake_http_request_seconds": "Time from a request's head to the head of its answer.",
        "kingsnake_http_answer_bytes_total": "Bytes of answers' bodies, as promised in their heads.",
    ].merging(operationTexts) { $1 }

    /// Starts with nothing counted.
    public init() {}

    /// Says what a name means; once, by whoever counts it.
    public func describe(_ name: String, _ text: String) { state.withLock { $0.texts[name] = text } }

    /// Adds to a counter, whose name ends in `_total`.
    public func add(_ name: String, _ labels: [String: String] = [:], _ amount: Double = 1) {
        state.withLock { $0.values[Series(name: name, labels: labels), default: 0] += amount }
    }

    /// Changes a gauge, which may go down again.
    public func change(_ name: String, _ labels: [String: String] = [:], by amount: Double) {
        add(name, labels, amount)
    }

    /// Sets a gauge.
    public func set(_ name: String, _ labels: [String: String] = [:], to value: Double) {
        state.withLock { $0.values[Series(name: name, labels: labels)] = value }
    }

    /// Counts a time into the classes of a histogram.
    public func time(_ name: String, _ labels: [String: String] = [:], seconds: Double) {
        state.withLock { state in
            state.timings[Series(name: name, labels: labels), default: Timing()].add(seconds)
        }
    }

    /// Counts an answer to a request.
    ///
    /// - Parameter method: one of a fixed number of words.
    func answered(_ method: String, _ status: Int, bytes: Int, seconds: Double) {
        state.withLock { state in
            state.answers[AnswerKind(method: method, status: status), default: 0] += 1
            state.answerBytes &+= bytes
            state.answerTimes.add(seconds)
        }
    }

    /// Everything, as Prometheus reads it (text format 0.0.4), in a fixed order.
    public var text: String {
        state.withLock { state in
            let state = state.withAnswers
            let names = Set(state.values.keys.map { $0.name } + state.timings.keys.map { $0.name })
            return names.sorted().map { name in
                let isTiming = state.timings.keys.contains { $0.name == name }
                let kind = isTiming ? "histogram" : name.hasSuffix("_total") ? "counter" : "gauge"
                let head = "# HELP \(name) \(state.texts[name] ?? "Not described.")\n# TYPE \(name) \(kind)\n"
                let lines = isTiming ? Self.lines(state.timings, name) : Self.lines(state.values, name)
                return head + lines.sorted().map { $0 + "\n" }.joined()
            }.joined()
        }
    }

    private static func lines(_ values: [Series: Double], _ name: String) -> [String] {
        values.filter { $0.key.name == name }.map { "\(name)\(labels($0.key.labels)) \(number($0.value))" }
    }

    private static func lines(_ timings: [Series: Timing], _ name: String) -> [String] {
        timings.filter { $0.key.name == name }.map { series, timing in
            let classes = zip(bounds, timing.counts).map { bound, count in
                "\(name)_bucket\(labels(series.labels, upTo: number(bound))) \(count)"
            }
            let rest = [
                "\(name)_bucket\(labels(series.labels, upTo: "+Inf")) \(timing.count)",
                "\(name)_count\(labels(series.labels)) \(timing.count)",
                "\(name)_sum\(labels(series.labels)) \(timing.sum)",
            ]
            // One piece, so that classes stay in their order.
            return (classes + rest).joined(separator: "\n")
        }
    }

    private static func labels(_ labels: [String: String], upTo bound: String? = nil) -> String {
        var pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escaped($0.value))\"" }
        if let bound { pairs.append("le=\"\(bound)\"") }
        return pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
    }

    private static func escaped(_ text: String) -> String {
        text.map { $0 == "\\" ? "\\\\" : $0 == "\"" ? "\\\"" : $0 == "\n" ? "\\n" : "\($0)" }.joined()
    }

    private static func number(_ value: Double) -> String {
        Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}
