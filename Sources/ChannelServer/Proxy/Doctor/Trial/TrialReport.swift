// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// What a proxy saw of a trial, as it tells `kingsnake doctor`.
public struct TrialReport: Sendable, Equatable {
    /// What it saw of one case.
    public struct Part: Sendable, Equatable {
        /// How many requests there were.
        public var requests = 0
        /// What was passed on.
        public var admitted: [String] = []
        /// The codes of what was refused or noticed for what it is, each once.
        public var codes: [String] = []
    }

    /// The program's version.
    public let version: String
    /// How many tunnels were asked for, and refused.
    public let tunnels: Int
    /// The cases.
    public let cases: [TrialCase: Part]

    /// Makes a report.
    init(version: String, tunnels: Int, cases: [TrialCase: Part]) {
        self.version = version
        self.tunnels = tunnels
        self.cases = cases
    }

    /// What it saw of a case.
    public subscript(_ trialCase: TrialCase) -> Part { cases[trialCase] ?? Part() }

    /// Reads what ``json`` makes (`json.…`).
    init(parsing bytes: [UInt8]) throws {
        let fields = try JSONFields(try JSONReader.read(bytes, of: "the trial"), of: "the trial")
        guard try fields.integer("schema") == 1 else { throw fields.wrong("schema", "1") }
        version = try fields.string("version")
        tunnels = Int(clamping: try fields.integer("tunnels"))
        var cases: [TrialCase: Part] = [:]
        for element in try fields.array("cases") {
            let part = try JSONFields(element, of: "a case of the trial")
            // A newer proxy may have more of them.
            guard let trialCase = TrialCase(rawValue: try part.string("case")) else { continue }
            cases[trialCase] = Part(
                requests: Int(clamping: try part.integer("requests")),
                admitted: try part.strings("admitted"),
                codes: try part.strings("codes")
            )
        }
        self.cases = cases
    }

    /// As JSON.
    var json: JSONObject {
        var object = JSONObject()
        object["schema"] = 1
        object["version"] = .string(version)
        object["tunnels"] = .number(JSONNumber(Int64(tunnels)))
        object["cases"] = .array(
            TrialCase.allCases.compactMap { trialCase in
                guard let part = cases[trialCase] else { return nil }
                var member = JSONObject()
                member["case"] = .string(trialCase.rawValue)
                member["requests"] = .number(JSONNumber(Int64(part.requests)))
                member["admitted"] = .array(part.admitted.map { .string($0) })
                member["codes"] = .array(part.codes.map { .string($0) })
                return .object(member)
            }
        )
        return object
    }
}
