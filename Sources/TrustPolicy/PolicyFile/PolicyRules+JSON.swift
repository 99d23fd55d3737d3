// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
public import TrustCore

extension PolicyRules {
    /// Adds the rules to what they are of, as policies have them.
    func add(to object: inout JSONObject) {
        object["cooldown"] = cooldown.map { .object($0.json) }
        object["install_scripts"] = linkScripts.map { .object($0.json) }
        if !revocations.isEmpty { object["revoked"] = .array(revocations.map { .object($0.json) }) }
    }
}

extension Cooldown {
    /// The cooldown, as policies have it.
    var json: JSONObject {
        var object = JSONObject()
        object["default"] = .string(duration.description)
        var except = JSONObject()
        for (pattern, duration) in exceptions { except[pattern.description] = .string(duration.description) }
        if except.count > 0 { object["except"] = .object(except) }
        return object
    }
}

extension LinkScriptPolicy {
    /// What becomes of link scripts, as policies have it.
    var json: JSONObject {
        var object = JSONObject()
        object["default"] = .string(mode.rawValue)
        if !exceptions.isEmpty {
            object["except"] = .array(exceptions.map { .string($0.description) })
        }
        return object
    }
}

extension NamePins {
    /// The pins, as policies have them: one channel as text, several as a list.
    var json: JSONObject {
        var object = JSONObject()
        for (pattern, channels) in pins {
            let channels = channels.map { JSONValue.string($0.identity) }
            object[pattern.description] = channels.count == 1 ? channels[0] : .array(channels)
        }
        return object
    }
}

extension Revocation {
    /// The revocation, as policies have it.
    public var json: JSONObject {
        var object = JSONObject()
        if let algorithm = digests.first?.algorithm {
            let texts = digests.map { JSONValue.string($0.hex) }
            object[algorithm.rawValue] = texts.count == 1 ? texts[0] : .array(texts)
        }
        object["match"] = match.map { .string($0.description) }
        object["publisher"] = publisher.map { .object($0.json) }
        object["indexed"] = window.map { window in
            var span = JSONObject()
            span["from"] = window.from.map { .string($0.description) }
            span["until"] = window.until.map { .string($0.description) }
            return .object(span)
        }
        object["channel"] = channel.map { .string($0.identity) }
        object["reason"] = .string(reason)
        object["reference"] = reference.map { .string($0) }
        return object
    }
}
