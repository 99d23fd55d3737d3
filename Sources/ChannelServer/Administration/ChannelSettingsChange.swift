// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// What a request changes of a channel that its owners decide on.
struct ChannelSettingsChange: Sendable {
    /// The longest description, in bytes.
    static let maximumDescription = 1000
    /// What a description is called among a channel's settings.
    static let description = "description"

    private let visibility: HostedChannel.Visibility?
    private let attestations: AttestationDemand.Setting?
    private let description: String?

    /// Reads what a request says; nil if it changes nothing of this.
    ///
    /// - Throws: `server.request-malformed`.
    init?(_ fields: JSONFields) throws {
        visibility = try Self.visibility(fields)
        attestations = try fields.optionalString("attestations").map { name in
            guard let setting = AttestationDemand.Setting(rawValue: name) else {
                throw Administration.malformed("attestations", "`optional` or `required`")
            }
            return setting
        }
        description = try fields.optionalString(Self.description)
        guard description?.utf8.count ?? 0 <= Self.maximumDescription else {
            throw Administration.malformed(Self.description, "at most \(Self.maximumDescription) bytes")
        }
        if visibility == nil, attestations == nil, description == nil { return nil }
    }

    /// Who may read a channel, as a request says it.
    ///
    /// - Throws: `server.request-malformed`.
    static func visibility(_ fields: JSONFields) throws -> HostedChannel.Visibility? {
        guard let name = try fields.optionalString("visibility") else { return nil }
        guard let visibility = HostedChannel.Visibility(rawValue: name) else {
            throw Administration.malformed("visibility", "`public` or `private`")
        }
        return visibility
    }

    /// Changes a channel. An empty description is none.
    func apply(to channel: inout HostedChannel) {
        if let visibility { channel.visibility = visibility }
        if let attestations {
            channel.settings[AttestationDemand.Setting.name] = .string(attestations.rawValue)
        }
        if let description {
            channel.settings[Self.description] = description.isEmpty ? nil : .string(description)
        }
    }

    /// The same for the server's log.
    var details: [String: String] {
        var details: [String: String] = [:]
        details["visibility"] = visibility?.rawValue
        details["attestations"] = attestations?.rawValue
        details[Self.description] = description.map { $0.isEmpty ? "taken away" : "changed" }
        return details
    }
}
