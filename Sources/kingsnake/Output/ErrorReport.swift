// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// How an error looks to people, and to programs.
///
/// The structure is in the words; colour is never needed to understand it.
struct ErrorReport {
    let error: any Error

    /// The process exit status: 1 policy, 3 invalid evidence, 4 missing, 5 stale, 6 could not find out.
    var exitStatus: Int32 {
        switch error {
        case let refusal as Refusal: refusal.code.entry.kind.exitStatus
        case let verdict as NotAllowed: verdict.exitStatus
        default: 6
        }
    }

    /// Several lines for a terminal.
    var text: String {
        switch error {
        case let refusal as Refusal: Self.text(of: refusal)
        case let verdict as NotAllowed: verdict.text
        case let failure as Failure: Self.text(of: failure)
        default: "error: \(error)\n"
        }
    }

    /// One object for `--json`.
    var json: JSONObject {
        var object = JSONObject()
        object["schema"] = 1
        switch error {
        case let refusal as Refusal:
            object["status"] = "refused"
            object["error"] = .object(Self.json(of: refusal))
        case let verdict as NotAllowed:
            object["status"] = "refused"
            object["verdicts"] = .array(verdict.verdicts.map { .object(VerdictReport($0).json) })
        case let failure as Failure:
            object["status"] = "failed"
            object["error"] = .object(Self.json(of: failure))
        default:
            object["status"] = "failed"
            object["error"] = ["message": .string("\(error)")]
        }
        return object
    }

    private static func text(of refusal: Refusal) -> String {
        var lines = ["error: refused `\(refusal.subject)`", "  why       \(refusal.code.entry.summary)"]
        if let location = refusal.location { lines.append("  where     \(location)") }
        if let expected = refusal.expected { lines.append("  expected  \(expected)") }
        if let found = refusal.found { lines.append("  found     \(found)") }
        if let cause = refusal.cause { lines.append("  because   \(cause)") }
        lines += ["", "hint: \(refusal.remedy)"]
        lines.append("code: \(refusal.codeName) (run `kingsnake explain \(refusal.codeName)`)")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func text(of failure: Failure) -> String {
        var lines = ["error: could not find out: \(failure.message)"]
        if let location = failure.location { lines.append("  where     \(location)") }
        if let cause = failure.cause { lines.append("  because   \(cause)") }
        if let remedy = failure.remedy { lines += ["", "hint: \(remedy)"] }
        return lines.joined(separator: "\n") + "\n"
    }

    static func json(of refusal: Refusal) -> JSONObject {
        var object = JSONObject()
        object["code"] = .string(refusal.codeName)
        object["kind"] = .string(refusal.code.entry.kind.rawValue)
        object["subject"] = .string(refusal.subject)
        object["why"] = .string(refusal.code.entry.summary)
        object["where"] = refusal.location.map { .string($0) }
        object["expected"] = refusal.expected.map { .string($0) }
        object["found"] = refusal.found.map { .string($0) }
        object["remedy"] = .string(refusal.remedy)
        object["cause"] = refusal.cause.map { .string("\($0)") }
        return object
    }

    private static func json(of failure: Failure) -> JSONObject {
        var object = JSONObject()
        object["kind"] = .string(failure.kind.rawValue)
        object["message"] = .string(failure.message)
        object["where"] = failure.location.map { .string($0) }
        object["remedy"] = failure.remedy.map { .string($0) }
        object["cause"] = failure.cause.map { .string("\($0)") }
        return object
    }
}
