// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Transport
import TrustCore

/// How an error looks to people, and to programs.
///
/// The structure is in the words; colour is never needed to understand it.
struct ErrorReport {
    let error: any Error

    /// The exit status where something could not be found out, or told.
    static let failureStatus: Int32 = 6

    /// The process exit status: 1 policy, 3 invalid evidence, 4 missing, 5 stale, 6 could not find out.
    var exitStatus: Int32 {
        switch error {
        case let refusal as Refusal: refusal.code.entry.kind.exitStatus
        case let verdict as NotAllowed: verdict.exitStatus
        default: Self.failureStatus
        }
    }

    /// Several lines for a terminal.
    var text: String {
        switch error {
        case let refusal as Refusal: Self.text(of: refusal)
        case let verdict as NotAllowed: verdict.text
        case let failure as Failure: Self.text(of: failure)
        default: "error: \(Visible.text("\(error)"))\n"
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
        let rows = [
            ("why", refusal.code.entry.summary), ("where", refusal.location), ("expected", refusal.expected),
            ("found", refusal.found), ("because", refusal.cause.map { "\($0)" }),
        ]
        return headed("refused `\(refusal.subject)`", rows)
            + "\nhint: \(Visible.text(refusal.remedy))\ncode: \(refusal.codeName) (run `kingsnake explain \(refusal.codeName)`)\n"
    }

    private static func text(of failure: Failure) -> String {
        // What sort of network trouble it was is said in the message already.
        let cause = failure.cause is TransferFault ? nil : failure.cause.map { "\($0)" }
        let rows = [("where", failure.location), ("because", cause)]
        let hint = failure.remedy.map { "\nhint: \(Visible.text($0))\n" } ?? ""
        let isOutside = failure.kind == .network || failure.kind == .disk
        return headed((isOutside ? "could not find out: " : "") + failure.message, rows) + hint
    }

    private static func headed(_ title: String, _ rows: [(name: String, text: String?)]) -> String {
        rows.reduce("error: \(Visible.text(title))\n") { text, row in
            guard let content = row.text else { return text }
            return text + "  " + row.name + String(repeating: " ", count: 10 - row.name.count)
                + Visible.text(content) + "\n"
        }
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
