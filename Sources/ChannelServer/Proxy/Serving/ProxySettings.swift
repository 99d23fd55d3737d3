// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
internal import DurableFiles
internal import TrustCore

/// What the one who runs a proxy decides about it: a file, and the command line on top of it.
public struct ProxySettings: Sendable {
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port; 0 for a free one.
    public var port = 0
    /// Names under which others reach it.
    public var hostNames: Set<String> = []
    /// The channels that it passes on.
    public var channels: [ProxiedChannel] = []
    /// Channels that have a name of their own here: `/NAME/linux-64/…`.
    public var names: [String: ChannelURL] = [:]
    /// Whether it passes on any other channel, too.
    public var acceptsAnyChannel = false
    /// The path of a policy file; nil for none.
    public var policy: String?
    /// The folder of verified downloads; nil for the user's.
    public var cache: String?
    /// How many bytes the cache may have; nil for any number.
    public var maximumCacheBytes: UInt64?
    /// For how many seconds what a channel showed is good before it is asked again; nil for what is usual for its sort.
    public var freshnessSeconds: Int64?
    /// What keeps single clients from using all of it.
    public var limits = ServerLimits()
    /// Whether `kingsnake doctor` on this machine may have it offer channels of its own to clients.
    public var offersTrials = true
    /// How long clients are kept waiting.
    public var patience = ProxyPatience()

    /// The defaults.
    public init() {}

    private static let maximumLength = 1 << 20
    private static let members: Set<String> = [
        "schema", "host", "port", "host_names", "channels", "any_channel", "policy", "cache",
        "max_cache_bytes", "freshness_seconds", "limits", "doctor",
    ]
    /// What no channel can be called here: the first parts of the proxy's own paths.
    static let reservedNames: Set<String> = [ProxyAddress.pathMark, ProxyAddress.ownMark, "t"]

    /// Reads a settings file. Paths in it start at its folder.
    ///
    /// - Throws: a `Failure` for a file that is not there or not understood: a name that was mistyped must not mean the default.
    public init(path: String) throws {
        guard let bytes = try DurableFile.read(path, maximumLength: Self.maximumLength) else {
            throw Failure(.configuration, "there is no such file", at: path)
        }
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        do {
            try self.init(parsing: bytes, of: path, in: directory)
        } catch let refusal as Refusal {
            throw Failure(
                .configuration,
                "the proxy's settings are not understood",
                at: path,
                remedy: "correct the file",
                cause: refusal
            )
        }
    }

    /// Reads the text of a file.
    ///
    /// - Throws: a `json.…` code, or `name.channel-url`.
    init(parsing bytes: [UInt8], of subject: String, in directory: String) throws {
        let fields = try JSONFields(try JSONReader.read(bytes, of: subject), of: "the settings")
        try ServerSettings.demandKnown(fields, Self.members)
        guard try fields.integer("schema") == 1 else { throw fields.wrong("schema", "1") }
        if let host = try fields.optionalString("host") { self.host = host }
        if let port = try fields.optionalInteger("port") {
            guard let port = UInt16(exactly: port) else { throw fields.wrong("port", "0 to 65535") }
            self.port = Int(port)
        }
        hostNames = Set((try fields.optionalStrings("host_names") ?? []).map { $0.lowercased() })
        if let isAny = try fields.optionalBool("any_channel") { acceptsAnyChannel = isAny }
        if let isOffered = try fields.optionalBool("doctor") { offersTrials = isOffered }
        func path(_ text: String) -> String { text.hasPrefix("/") ? text : directory + "/" + text }
        policy = try fields.optionalString("policy").map(path)
        cache = try fields.optionalString("cache").map(path)
        if let bytes = try fields.optionalInteger("max_cache_bytes") {
            guard let bytes = UInt64(exactly: bytes) else {
                throw fields.wrong("max_cache_bytes", "0 or more")
            }
            maximumCacheBytes = bytes
        }
        if let seconds = try fields.optionalInteger("freshness_seconds") {
            // More would be a channel that is never asked again.
            guard (1...86_400).contains(seconds) else {
                throw fields.wrong("freshness_seconds", "1 to 86400")
            }
            freshnessSeconds = seconds
        }
        if let limits = try fields.optionalFields("limits") { try self.limits.read(limits) }
        guard fields.optional("channels") != nil else { return }
        for value in try fields.array("channels") {
            try add(try JSONFields(value, of: "a channel in the settings"))
        }
    }

    private mutating func add(_ fields: JSONFields) throws {
        try ServerSettings.demandKnown(fields, ["url", "name", "mirrors", "compare", "agreeing"])
        let mirrors = try fields.optionalStrings("mirrors") ?? []
        var channel = ProxiedChannel(
            try ChannelURL(try fields.string("url")),
            mirrors: try mirrors.map { try ChannelURL($0) }
        )
        channel.compared = try (fields.optionalStrings("compare") ?? []).map { try ChannelURL($0) }
        if let agreeing = try fields.optionalInteger("agreeing") {
            // More than there are would refuse everything, for ever.
            guard let count = Int(exactly: agreeing), (0...channel.compared.count).contains(count) else {
                throw fields.wrong("agreeing", "0 to \(channel.compared.count), the mirrors of `compare`")
            }
            channel.agreeing = count
        }
        guard !channels.contains(where: { $0.url == channel.url }) else {
            throw fields.wrong("url", "each channel once")
        }
        channels.append(channel)
        guard let name = try fields.optionalString("name") else { return }
        let isPlain = !name.isEmpty && name.utf8.allSatisfy { PercentEncoding.isUnreserved($0) }
        guard isPlain, name.utf8.first != UInt8(ascii: "."), !Self.reservedNames.contains(name),
            names[name] == nil
        else {
            throw fields.wrong(
                "name",
                "a name of letters, digits, `-`, `_` and `.` that no other channel has"
            )
        }
        names[name] = channel.url
    }

    /// Adds a channel of the command line. In place of one of the file it keeps what the command line does not say.
    public mutating func put(_ channel: ProxiedChannel) {
        guard let index = channels.firstIndex(where: { $0.url == channel.url }) else {
            channels.append(channel)
            return
        }
        let old = channels[index]
        channels[index] = ProxiedChannel(
            channel.hasCredentials ? channel.url : old.url,
            mirrors: channel.mirrors.isEmpty ? old.mirrors : channel.mirrors
        )
        (channels[index].compared, channels[index].agreeing) = (old.compared, old.agreeing)
        // Names lead to what is said here, credentials included.
        for (name, url) in names where url == channel.url { names[name] = channels[index].url }
    }

    /// Gives each channel of the command line its last name, such as `conda-forge`, where that is nobody else's.
    public mutating func nameChannels() {
        for channel in channels where !names.values.contains(channel.url) {
            let name = channel.url.name
            let isTaken = names[name] != nil || Self.reservedNames.contains(name) || name.isEmpty
            if !isTaken { names[name] = channel.url }
        }
    }
}
