// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore
import TrustPolicy

/// What policies say of files, whoever published them, for people.
enum RulesReport {
    static func lines(_ rules: PolicyRules) -> [String] {
        (rules.cooldown.map(lines) ?? []) + (rules.linkScripts.map(lines) ?? [])
            + rules.revocations.map { "  revoked: \(words($0))" }
    }

    static func lines(_ pins: NamePins) -> [String] {
        pins.pins.map { pattern, channels in
            "  \(pattern.description): of \(channels.map(\.description).joined(separator: " or ")) only"
        }
    }

    private static func lines(_ cooldown: Cooldown) -> [String] {
        ["  files wait for \(cooldown.duration.words) from when the index lists them"]
            + cooldown.exceptions.map { "    \($0.description): \($1.words)" }
    }

    private static func lines(_ scripts: LinkScriptPolicy) -> [String] {
        let what =
            switch scripts.mode {
            case .allow: "packages may have link scripts"
            case .flag: "packages with link scripts are warned about"
            case .deny: "packages with link scripts are refused"
            }
        let except = scripts.exceptions.map(\.description).joined(separator: ", ")
        return ["  \(what)\(except.isEmpty ? "" : ", except \(except)")"]
    }

    private static func words(_ revocation: Revocation) -> String {
        var conditions: [String] = []
        if let first = revocation.digests.first {
            let more = revocation.digests.count - 1
            conditions.append(first.description + (more == 0 ? "" : " and \(Counted(more, "digest")) more"))
        }
        if let match = revocation.match { conditions.append("`\(match)`") }
        if let publisher = revocation.publisher { conditions.append("published by \(publisher.description)") }
        if let window = revocation.window { conditions.append("listed \(window.words)") }
        if let channel = revocation.channel { conditions.append("of \(channel)") }
        let reference = revocation.reference.map { " (see \($0))" } ?? ""
        return conditions.joined(separator: ", ") + ": " + revocation.reason + reference
    }
}
