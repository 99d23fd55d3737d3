// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// An entry of `conda-meta/history`, as conda writes and reads it.
struct HistoryEntry {
    /// The entry's text.
    let text: [UInt8]

    init(_ plan: LinkPlan, _ options: LinkOptions) {
        let clock = options.now.description.utf8
        let date = String(Substring(clock.prefix(10)))
        let time = String(Substring(clock.dropFirst(11).prefix(8)))
        var lines = ["==> \(date) \(time) <=="]
        if !options.command.isEmpty {
            lines.append(
                "# cmd: \(options.command.map(PlannedPackage.withoutCredentials).joined(separator: " "))"
            )
        }
        lines += plan.removed.map { "-\(Self.dist($0, $0.channel ?? ""))" }.sorted()
        lines += plan.packages.map { "+\(Self.dist($0.identity, $0.channel))" }.sorted()
        let specs = plan.packages.flatMap(\.request.requestedSpecs)
        if !specs.isEmpty {
            let quoted = JSONWriter.encode(.array(specs.map { .string($0) }))
            lines.append("# update specs: \(String(decoding: quoted, as: UTF8.self))")
        }
        text = lines.flatMap { Array(Self.oneLine($0).utf8) + [0x0A] }
    }

    /// A channel with its subdir, as in `https://conda.example.org/main/linux-64`.
    static func channel(_ channel: String, _ subdir: String?) -> String {
        var channel = channel[...]
        while channel.utf8.last == UInt8(ascii: "/") { channel = channel.dropLast() }
        guard let subdir, !channel.isEmpty, !channel.hasSuffix("/\(subdir)") else { return String(channel) }
        return "\(channel)/\(subdir)"
    }

    private static func dist(_ record: PrefixRecord, _ channel: String) -> String {
        "\(Self.channel(channel, record.subdir))::\(record.name)-\(record.version)-\(record.build)"
    }

    /// Arguments may hold line ends, which would begin lines that nobody wrote.
    private static func oneLine(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
    }
}

extension PlannedPackage {
    /// The channel without credentials.
    var channel: String { Self.withoutCredentials(request.channel) }

    /// The record for `conda-meta`.
    func record(_ entries: [InstalledEntry], linked: Bool) throws -> PrefixRecord {
        var object = identity.object
        let extracted = request.extracted
        object["fn"] = .string(request.fileName)
        // Index records may lack it; readers of `conda-meta` expect it.
        if object["depends"] == nil { object["depends"] = [] }
        object["url"] = .string(Self.withoutCredentials(request.url))
        object["channel"] = .string(channel)
        object["sha256"] = .string(extracted.sha256.hex)
        if let md5 = extracted.md5 { object["md5"] = .string(md5.hex) }
        if let size = Int64(exactly: extracted.size) { object["size"] = .number(JSONNumber(size)) }
        object["extracted_package_dir"] = .string(extracted.directory)
        if let path = request.archivePath { object["package_tarball_full_path"] = .string(path) }
        object["requested_specs"] = .array(request.requestedSpecs.map { .string($0) })
        if let spec = request.requestedSpecs.first { object["requested_spec"] = .string(spec) }
        object["files"] = .array(entries.filter { $0.kind != .directory }.map { .string($0.path.text) })
        object["paths_data"] = ["paths_version": 1, "paths": .array(entries.map(\.json))]
        let type: PrefixRecord.LinkType = linked || entries.isEmpty ? .hardLink : .copy
        object["link"] = ["source": .string(extracted.directory), "type": .number(JSONNumber(type.rawValue))]
        return try PrefixRecord(object)
    }

    /// A URL without user, password, `/t/TOKEN` and query, any of which may be a secret.
    static func withoutCredentials(_ url: String) -> String {
        guard let schemeEnd = url.utf8.firstIndex(of: UInt8(ascii: ":")),
            url.utf8[schemeEnd...].starts(with: "://".utf8)
        else { return url }
        let scheme = url[..<schemeEnd]
        var rest = url[url.utf8.index(schemeEnd, offsetBy: 3)...]
        if let query = rest.utf8.firstIndex(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) {
            rest = rest[..<query]
        }
        let authorityEnd = rest.utf8.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        var authority = rest[..<authorityEnd]
        if let at = authority.utf8.lastIndex(of: UInt8(ascii: "@")) {
            authority = authority[authority.utf8.index(after: at)...]
        }
        var path = rest[authorityEnd...]
        if path.utf8.starts(with: "/t/".utf8) {
            let token = path.utf8.dropFirst(3)
            path = token.firstIndex(of: UInt8(ascii: "/")).map { path[$0...] } ?? ""
        }
        return "\(scheme)://\(authority)\(path)"
    }
}
