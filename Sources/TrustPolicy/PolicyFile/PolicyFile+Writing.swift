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
    /// Reads a publisher as it stands in policies, with everything as text.
    ///
    /// - Throws: a `Refusal` with a `policy-file.…` code.
    public init(json object: JSONObject, _ subject: String = "publisher") throws {
        self = try PublisherReader.publisher(PolicyNode(.object(object), at: "", subject))
    }

    /// What an identity of this look usually is in certificates.
    public static func usualKind(of identity: String) -> Signer.Kind {
        PublisherReader.usualKind(of: identity)
    }

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
        rules.add(to: &document)
        document["pins"] = pins.map { .object($0.json) }
        guard !channels.isEmpty else { return document }
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
            channel.rules.add(to: &object)
            byURL[channel.url.identity] = .object(object)
        }
        document["channels"] = .object(byURL)
        return document
    }

    /// The policy as a file, in the order it has.
    public var yaml: [UInt8] { PolicyWriter.encode(json) }
}
