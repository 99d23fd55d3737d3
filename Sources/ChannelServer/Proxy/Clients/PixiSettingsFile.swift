// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// A settings file of pixi, `config.toml`, and how it is changed: our tables in a block at the end, tables of the same names
/// made comments, all else as it was.
struct PixiSettingsFile {
    /// The file's path, for messages.
    let path: String
    /// The file without our block; nil if there is none.
    let text: SettingsText?
    /// URLs that have mirrors, as they are written.
    let mirrored: [String]
    /// URLs that are channels by default.
    let channels: [String]
    /// Whether it names proxies.
    let hasProxies: Bool
    private let outline: TOMLOutline?

    /// Hosts that channels of pixi's users are at.
    private static let usualHosts = [
        "https://conda.anaconda.org", "https://repo.anaconda.com", "https://prefix.dev",
        "https://repo.prefix.dev",
    ]
    private static let tables = ["mirrors", "proxy-config"]

    /// Reads a file (`client.settings-syntax`, `client.settings-form`, `client.settings-duplicate-key`,
    /// `client.block-altered`).
    init(_ bytes: [UInt8]?, _ path: String) throws {
        self.path = path
        let found = try bytes.map { try SettingsText($0, path) }
        switch try found.map({ try SettingsBlock.before($0, path) }) {
        case nil, .noFile: text = nil
        case .same: text = found
        case .text(let before):
            // What stands after the block without a header of its own is in our table, and would get into another one.
            if let found {
                var after = SettingsText()
                after.lines = SettingsBlock.linesAfter(found)
                guard try TOMLOutline(after, path).statements.first?.isHeader ?? true else {
                    throw Refusal(ClientSettingsCode.blockAltered, path)
                }
            }
            text = before
        }
        outline = try text.map { try TOMLOutline($0, path) }
        try outline?.check(Self.tables, path)
        let statements = outline?.statements ?? []
        let keys = outline?.keys(of: "mirrors") ?? []
        mirrored = keys.compactMap(\.path.last)
        hasProxies = !(outline?.keys(of: "proxy-config") ?? []).isEmpty
        channels =
            statements.prefix { !$0.isHeader }.filter {
                ["default-channels", "default_channels"].contains($0.path[0])
            }
            .flatMap(\.texts)
    }

    /// The file with mirrors at a proxy for each URL that has any, for the usual hosts and for those of some channels, and
    /// with the proxy for everything else, so that nothing goes past it.
    func setting(_ proxy: ClientProxy, of files: [PixiSettingsFile], channels named: [String]) throws
        -> SettingsText
    {
        var mirrors: [(key: String, url: MirroredURL)] = Self.usualHosts.compactMap { key in
            MirroredURL(key).map { (key, $0) }
        }
        let hosts = (files.flatMap(\.channels) + named).compactMap { MirroredURL($0)?.host }.map {
            ($0.text, $0)
        }
        let keys = files.flatMap(\.mirrored).compactMap { key in MirroredURL(key).map { (key, $0) } }
        for mirror in hosts + keys where !mirrors.contains(where: { ByteKey.areEqual($0.key, mirror.0) }) {
            mirrors.append(mirror)
        }
        let content =
            ["[mirrors]"]
            + mirrors.map { "\(Self.quoted($0.key)) = [\(Self.quoted(proxy.mirror(of: $0.url)))]" }
            + ["[proxy-config]"] + ["http", "https"].map { "\($0) = \(Self.quoted(proxy.address))" }
        let replaced = outline?.lines(of: Self.tables) ?? []
        let result = SettingsBlock.adding(content, replacing: replaced, in: text)
        try check(result)
        return result
    }

    /// Demands that every statement that is not ours is still there, and in the same table.
    private func check(_ result: SettingsText) throws {
        let after = try TOMLOutline(result, path)
        guard after.shapes(without: Self.tables) == (outline?.shapes(without: Self.tables) ?? []) else {
            throw Refusal(
                ClientSettingsCode.settingsForm,
                path,
                expected: "tables with a header of their own"
            )
        }
    }

    private static func quoted(_ text: String) -> String {
        String(decoding: JSONWriter.encode(.string(text)), as: UTF8.self)
    }
}

extension TOMLOutline {
    /// Demands that tables are written with one header of their own, and nowhere else.
    fileprivate func check(_ tables: [String], _ path: String) throws {
        var isTop = true
        var seen: Set<String> = []
        for statement in statements {
            if statement.isHeader { isTop = false }
            guard isTop || statement.isHeader, let name = statement.path.first,
                tables.contains(Self.name(name))
            else {
                continue
            }
            guard statement.isHeader, statement.path.count == 1, !statement.isArrayHeader else {
                throw Refusal(
                    ClientSettingsCode.settingsForm,
                    "\(path):\(statement.lines.lowerBound + 1)",
                    expected: "`\(Self.name(name))` as a table with one header, `[\(Self.name(name))]`"
                )
            }
            guard seen.insert(Self.name(name)).inserted else {
                throw Refusal(
                    ClientSettingsCode.settingsDuplicateKey,
                    "\(path):\(statement.lines.lowerBound + 1)"
                )
            }
        }
    }

    /// The statements of a table, its header left out.
    fileprivate func keys(of table: String) -> [Statement] {
        grouped.filter { $0.table.map(Self.name) == [table] && !$0.statement.isHeader }.map(\.statement)
    }

    /// The lines from the headers of some tables to their last statements.
    fileprivate func lines(of tables: [String]) -> Set<Int> {
        var lines: Set<Int> = []
        for table in tables {
            let mine = grouped.filter { $0.table.map(Self.name) == [table] }.map(\.statement.lines)
            if let first = mine.first, let last = mine.last {
                lines.formUnion(first.lowerBound...last.upperBound)
            }
        }
        return lines
    }

    /// All statements but those of some tables, to be compared.
    fileprivate func shapes(without tables: [String]) -> [[[String]]] {
        grouped.filter { !($0.table.count == 1 && tables.contains(Self.name($0.table[0]))) }
            .map { [$0.table, $0.statement.path, $0.statement.texts] }
    }

    /// Each statement with the path of the table that it is in.
    private var grouped: [(table: [String], statement: Statement)] {
        var table: [String] = []
        return statements.map { statement in
            if statement.isHeader { table = statement.path }
            return (table, statement)
        }
    }

    /// Older settings have `_` where newer ones have `-`.
    private static func name(_ key: String) -> String { String(key.map { $0 == "_" ? "-" : $0 }) }
}
