// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// What a channel's owner signs: the file `publishers.json`, a target of the channel's own targets role.
extension PublisherPolicy {
    /// The target's path.
    public static let targetPath = "publishers.json"
    /// The longest file that is read.
    public static let maximumLength = 16 << 20

    /// Reads what the owner of a channel signed for it. That it was signed is for the caller to know.
    ///
    /// - Parameter channel: the channel that it was found in, by its canonical URL: what was signed for
    ///   another is refused (`policy-file.channel`). Nil takes the one that it names: for checking a file
    ///   before it is signed, never for one that was found.
    /// - Throws: a `Refusal` with a `json.…` or `policy-file.…` code.
    public init(json bytes: [UInt8], of channel: ChannelURL?, _ subject: String = "publishers.json") throws {
        let value = try JSONReader.read(bytes, of: subject, limits: JSONLimits(bytes: Self.maximumLength))
        let root = PolicyNode(value, at: "", subject)
        guard let top = root.mapping else { throw root.wrong("an object") }
        try top.checkVersion()
        try top.demandOnly(["version", "channel", "packages"])
        let own = try EntryReader.channel(try top.requiredText("channel"), top["channel"] ?? root)
        if let channel, own != channel {
            throw (top["channel"] ?? root).refusal(
                .channel,
                expected: channel.description,
                found: own.description
            )
        }
        guard let list = try top.list("packages") else {
            throw root.refusal(.empty, expected: "`packages` with at least one entry", found: "none")
        }
        let entries = try list.map { node in
            guard let fields = node.mapping else { throw node.wrong("an entry, as an object") }
            try fields.demandOnly(["pattern"] + EntryReader.keys, reserved: EntryReader.reserved)
            let pattern = try EntryReader.pattern(
                try fields.requiredText("pattern"),
                fields["pattern"] ?? node
            )
            return try EntryReader.entry(pattern, fields)
        }
        do {
            try self.init(channel: own, entries: entries)
        } catch let refusal as Refusal {
            throw EntryReader.placed(refusal, root)
        }
    }

    /// The policy as it is signed.
    public var json: JSONValue {
        var document = JSONObject()
        document["version"] = 1
        document["channel"] = .string(channel.identity)
        document["packages"] = .array(
            entries.map { entry in
                var object = JSONObject()
                object["pattern"] = .string(entry.pattern.description)
                for member in entry.json.members { object[member.key] = member.value }
                return .object(object)
            }
        )
        return .object(document)
    }
}
