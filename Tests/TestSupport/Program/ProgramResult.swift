// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What a run of a program left behind.
public struct ProgramResult: Sendable {
    /// The exit status; minus the signal's number if a signal ended it.
    public let status: Int32
    /// What it wrote to standard output.
    public let output: String
    /// What it wrote to standard error.
    public let errors: String
    /// How long it took, in microseconds.
    public let microseconds: UInt64

    /// Whether it was killed before it ended by itself.
    public var wasKilled: Bool { status == -9 }

    /// The one JSON document that standard output holds, read strictly.
    public func json() throws -> JSONObject {
        guard let object = try JSONReader.read(Array(output.utf8), of: "standard output").object else {
            throw Failure(.configuration, "the output is no JSON object: \(output)\(errors)")
        }
        return object
    }

    /// The code of the first problem in a `--json` audit that found one.
    public var firstProblem: String? {
        (try? json())?["problems"]?.array?.first?.object?["code"]?.string
    }

    /// The refusal's code in a `--json` result, if the run was refused.
    public var refusalCode: String? { (try? json())?["error"]?.object?["code"]?.string }

    /// A `Failure` if it did not end with 0.
    public func demandSuccess(_ what: String) throws {
        guard status != 0 else { return }
        throw Failure(.configuration, "\(what): \(transcript)")
    }

    /// Everything there is to see, for failed expectations.
    public var transcript: String { "status \(status)\n--- output\n\(output)--- errors\n\(errors)" }
}
