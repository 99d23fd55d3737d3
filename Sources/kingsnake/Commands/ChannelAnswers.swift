// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import Gatekeeper
import TrustCore
import TrustPolicy

/// What each of several channels says of one file: a verdict, or why there is none.
struct ChannelAnswers {
    private(set) var list: [(channel: String, answer: Result<Verdict, any Error>)] = []

    mutating func add(_ channel: String, _ answer: Result<Verdict, any Error>) {
        list.append((channel, answer))
    }

    /// The verdict that counts: one that allows, else one of a channel that lists other bytes under that name, else
    /// one of a channel that does not list it, else one for which evidence is missing. Nil if no channel answered.
    var verdict: Verdict? {
        list.compactMap { try? $0.answer.get() }.enumerated()
            .min { (Self.rank($0.element), $0.offset) < (Self.rank($1.element), $1.offset) }?
            .element
    }

    /// The first reason why a channel has no verdict.
    var error: (any Error)? {
        list.lazy.compactMap { answer -> (any Error)? in
            if case .failure(let error) = answer.answer { error } else { nil }
        }.first
    }

    /// The first channel's index that is forged, for its maintainers or its package keys deny it: that says more than that others do not
    /// list the file.
    var forgery: Refusal? {
        list.lazy.compactMap { answer -> Refusal? in
            guard case .failure(let refusal as Refusal) = answer.answer else { return nil }
            let isForgery =
                refusal.is(GateCode.maintainersSilent) || refusal.is(GateCode.maintainersDisagree)
                || refusal.is(ContentTrustCode.recordSignature)
            return isForgery ? refusal : nil
        }.first
    }

    private static func rank(_ verdict: Verdict) -> Int {
        if verdict.isAllowed { return 0 }
        // The rules' names are contract, like the codes of refusals.
        if verdict.objections.contains(where: {
            $0.rule == RequireIndexDigest().name && $0.outcome == .refused
        }) {
            return 1
        }
        return verdict.objections.contains { $0.outcome == .refused } ? 2 : 3
    }

    /// Says of the only channel, or of each under its name, what is enforced there.
    func sayEnforced(on console: Console) {
        for (channel, answer) in list {
            guard let verdict = try? answer.get(), let report = EnforcementReport(verdict) else { continue }
            let place = list.count > 1 ? ", for channel `\(channel)`" : ""
            console.say("\(console.bold("what is enforced" + place))")
            report.lines.forEach { $0.say(on: console) }
        }
    }

    /// Says the findings of the only channel, or those of each under its name, and who attested.
    func say(on console: Console) {
        for (channel, answer) in list {
            if list.count > 1 { console.say("  channel `\(channel)`:") }
            switch answer {
            case .success(let verdict): VerdictReport(verdict).say(on: console)
            case .failure(let error): console.say("  \(console.bad("UNKNOWN"))  \(Self.text(of: error))")
            }
        }
        for (_, answer) in list {
            guard let verdict = try? answer.get() else { continue }
            AttestationReport(verdict)?.say(on: console)
        }
    }

    /// One object a channel for `--json`.
    var json: JSONValue {
        .array(
            list.map { channel, answer in
                var object = JSONObject()
                switch answer {
                case .success(let verdict): object = VerdictReport(verdict).json
                case .failure(let error): object["error"] = ErrorReport(error: error).json["error"]
                }
                object["channel"] = .string(channel)
                return .object(object)
            }
        )
    }

    /// One line about an error.
    static func text(of error: any Error) -> String {
        switch error {
        case let refusal as Refusal: "\(refusal.code.entry.summary) [\(refusal.codeName)]"
        case let failure as Failure: "could not find out: \(failure.message)"
        default: "\(error)"
        }
    }
}
