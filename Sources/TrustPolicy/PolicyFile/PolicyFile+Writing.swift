// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
public import TrustCore

extension PublisherEntry {
    /// The entry without its pattern, as policies in YAML and JSON have it.
    public var json: JSONObject {
        var object = JSONObject()
        object["publishers"] = .array(publishers.map { .object($0.json) })
        if threshold != 1 { object["threshold"] = .number(JSONNumber(Int64(threshold))) }
        switch exemption {
        case .none: break
        case .listed(let moment): object["required_since"] = .string(moment.description)
        case .digests(let digests): object["except"] = .array(digests.map { .string($0.hex) })
        }
        if !targetChannels.isEmpty {
            object["target_channels"] = .array(targetChannels.map { .string($0.identity) })
        }
        return object
    }
}

extension Publisher {
    /// The publisher, as policies in YAML and JSON have it.
    public var json: JSONObject {
        var object = JSONObject()
        switch source {
        case .repository(.github, let repository): object["github"] = .string(repository.description)
        case .repository(.gitlab(let issuer), let project):
            object["gitlab"] = .string(project.description)
            if !ByteKey.areEqual(issuer, BuildService.gitlabIssuer) { object["issuer"] = .string(issuer) }
        case .identity(let kind, let value, let issuer):
            object["identity"] = .string(value)
            object["issuer"] = .string(issuer)
            if kind != PublisherReader.usualKind(of: value) { object["kind"] = .string(kind.rawValue) }
        case .key(let fingerprint): object["key"] = .string(fingerprint.hex)
        }
        object["repository_id"] = repositoryID.map { .string($0) }
        object["owner_id"] = ownerID.map { .string($0) }
        object["workflow"] = workflow.map { .string($0) }
        object["ref"] = ref.map { .string($0.description) }
        object["environment"] = claims[.deploymentEnvironment].map { .string($0) }
        object["trigger"] = claims[.buildTrigger].map { .string($0) }
        var others = JSONObject()
        for (claim, value) in claims.sorted(by: { $0.key.rawValue < $1.key.rawValue })
        where claim != .deploymentEnvironment && claim != .buildTrigger {
            others[claim.rawValue] = .string(value)
        }
        if others.count > 0 { object["claims"] = .object(others) }
        return object
    }
}

extension PolicyFile {
    /// The policy as one document, with every channel's entries by their patterns.
    public var json: JSONObject {
        var document = JSONObject()
        document["version"] = 1
        var byURL = JSONObject()
        for channel in channels {
            var object = JSONObject()
            if channel.mode != .require { object["mode"] = .string(channel.mode.rawValue) }
            if channel.trustsFirstUse { object["trust_on_first_use"] = true }
            if let publishers = channel.publishers {
                var packages = JSONObject()
                for entry in publishers.entries { packages[entry.pattern.description] = .object(entry.json) }
                object["packages"] = .object(packages)
            }
            byURL[channel.url.identity] = .object(object)
        }
        document["channels"] = .object(byURL)
        return document
    }

    /// The policy as a file, in the order it has.
    public var yaml: [UInt8] { PolicyWriter.encode(json) }
}

/// Writes YAML that every reader takes for the same: blocks, and all text in quotes, as JSON writes it.
enum PolicyWriter {
    static func encode(_ object: JSONObject) -> [UInt8] {
        var out: [UInt8] = []
        write(object, indent: 0, &out)
        return out
    }

    private static func write(_ object: JSONObject, indent: Int, _ out: inout [UInt8]) {
        for member in object.members {
            out += repeatElement(0x20, count: indent)
            writeKey(member.key, &out)
            out.append(UInt8(ascii: ":"))
            write(member.value, indent: indent, &out)
        }
    }

    private static func write(_ value: JSONValue, indent: Int, _ out: inout [UInt8]) {
        switch value {
        case .object(let object) where object.count > 0:
            out.append(0x0A)
            write(object, indent: indent + 2, &out)
        case .array(let elements) where !elements.isEmpty:
            out.append(0x0A)
            for element in elements {
                out += repeatElement(0x20, count: indent + 2)
                out.append(UInt8(ascii: "-"))
                writeElement(element, indent: indent + 4, &out)
            }
        default:
            out.append(0x20)
            out += JSONWriter.encode(value)
            out.append(0x0A)
        }
    }

    /// An element's first member stands beside its dash.
    private static func writeElement(_ element: JSONValue, indent: Int, _ out: inout [UInt8]) {
        guard case .object(let object) = element, object.count > 0 else {
            return write(element, indent: indent, &out)
        }
        var block: [UInt8] = []
        write(object, indent: indent, &block)
        out.append(0x20)
        out += block.dropFirst(indent)
    }

    /// Our own keys are plain words; URLs and patterns need quotes.
    private static func writeKey(_ key: String, _ out: inout [UInt8]) {
        let isWord = key.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") }
        guard isWord, !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(key) else {
            return JSONWriter.writeString(key, to: &out)
        }
        out += key.utf8
    }
}
