// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// A settings file of conda or mamba, such as `.condarc`, and how it is changed: our keys in a block at the end, the keys
/// that they replace made comments, all else as it was.
struct CondaSettingsFile {
    /// The file's path, for messages.
    let path: String
    /// The file without our block; nil if there is none.
    let text: SettingsText?
    /// What it says.
    let root: YAMLNode?

    /// Reads a file (`client.settings-…`, `client.block-altered`).
    init(_ bytes: [UInt8]?, _ path: String) throws {
        self.path = path
        switch try bytes.map({ try SettingsBlock.before(SettingsText($0, path), path) }) {
        case nil, .noFile: text = nil
        case .same: text = try bytes.map { try SettingsText($0, path) }
        case .text(let before): text = before
        }
        root = try text.flatMap { try Self.read($0, path) }
    }

    /// What it says about channels, added to what others say.
    func add(to settings: inout CondaSettings) {
        if let root { settings.add(root) }
    }

    /// The file with our keys (`client.settings-form`, `client.settings-flags`).
    func setting(_ values: [CondaValue]) throws -> SettingsText {
        let keys = values.map(\.key)
        let replaced = try lines(of: keys)
        let result = SettingsBlock.adding(values.flatMap(\.lines), replacing: replaced, in: text)
        try checkFlags(replaced)
        try check(result, values)
        return result
    }

    // MARK: Reading

    /// Reads YAML; nil for a file that says nothing.
    static func read(_ text: SettingsText, _ path: String) throws -> YAMLNode? {
        let isEmpty = text.lines.allSatisfy { line in
            line.text.utf8.first { !SettingsByte.isSpace($0) }.map { $0 == UInt8(ascii: "#") } ?? true
        }
        if isEmpty { return nil }
        do {
            let root = try YAMLReader.read(text.content)
            if root.isNull { return nil }
            guard case .mapping = root.content else {
                throw Refusal(
                    ClientSettingsCode.settingsSyntax,
                    "\(path):\(root.line)",
                    expected: "keys and values",
                    found: root.typeName
                )
            }
            return root
        } catch let fault as YAMLFault {
            let code: ClientSettingsCode =
                switch fault.kind {
                case .alias: .settingsAnchors
                case .duplicateKey: .settingsDuplicateKey
                case .syntax, .tooDeep: .settingsSyntax
                }
            let subject = fault.line.map { "\(path):\($0)" } ?? path
            throw Refusal(code, subject, expected: fault.expected, found: fault.found)
        }
    }

    // MARK: Changing

    /// The lines in which some keys and their values stand.
    private func lines(of keys: [String]) throws -> Set<Int> {
        guard let text, case .mapping(let members) = root?.content else { return [] }
        var found: Set<Int> = []
        for key in keys where members.contains(where: { ByteKey.areEqual($0.key, key) }) {
            let starts = text.lines.indices.filter { Self.begins(text.lines[$0].text, key) }
            guard starts.count == 1 else { throw form("`\(key)` at the beginning of one line") }
            var end = starts[0] + 1
            var last = starts[0]
            while end < text.lines.count, !Self.isNewKey(text.lines[end].text) {
                // Empty lines and comments at the left end belong to what comes after them.
                if Self.isContent(text.lines[end].text) { last = end }
                end += 1
            }
            found.formUnion(starts[0]...last)
        }
        return found
    }

    private static func begins(_ line: String, _ key: String) -> Bool {
        ["\(key)", "\"\(key)\"", "'\(key)'"].contains { spelling in
            guard line.utf8.starts(with: spelling.utf8) else { return false }
            let rest = line.utf8.dropFirst(spelling.utf8.count).drop { $0 == 0x20 || $0 == 0x09 }
            return rest.first == UInt8(ascii: ":")
        }
    }

    /// Whether a line at the left end begins something else than the value before it.
    private static func isNewKey(_ line: String) -> Bool {
        guard let first = line.utf8.first, !SettingsByte.isSpace(first) else { return false }
        if [UInt8(ascii: "#"), UInt8(ascii: "]"), UInt8(ascii: "}")].contains(first) { return false }
        let isElement =
            first == UInt8(ascii: "-") && (line.utf8.dropFirst().first.map(SettingsByte.isSpace) ?? true)
        return !isElement
    }

    private static func isContent(_ line: String) -> Bool {
        guard let first = line.utf8.first else { return false }
        if first == UInt8(ascii: "#") { return false }
        return line.utf8.contains { !SettingsByte.isSpace($0) }
    }

    // MARK: Checking

    /// conda takes a comment in the line after a flag for a part of the flag.
    private func checkFlags(_ replaced: Set<Int>) throws {
        guard let text else { return }
        for index in text.lines.indices where Self.hasFlag(text.lines[index].text) {
            let next = text.lines.indices.first { $0 > index && Self.isContent(text.lines[$0].text) }
            guard let next, !replaced.contains(index), !replaced.contains(next) else {
                throw Refusal(ClientSettingsCode.settingsFlags, "\(path):\(index + 1)")
            }
        }
    }

    static func hasFlag(_ line: String) -> Bool {
        line.utf8.first != UInt8(ascii: "#") && line.contains("#!")
    }

    /// Demands that the change is what it should be: our keys with our values, all others as before.
    private func check(_ result: SettingsText, _ values: [CondaValue]) throws {
        let keys = values.map(\.key)
        let ours = try Self.read(
            SettingsText(Array(values.flatMap(\.lines).joined(separator: "\n").utf8), path),
            path
        )
        guard let after = try? Self.read(result, path) else { throw form("one key a line") }
        let same = Self.members(after) { !keys.contains($0) } == Self.members(root) { !keys.contains($0) }
        let set = Self.members(after) { keys.contains($0) }
        guard same, set == Self.members(ours, where: { _ in true }) else { throw form("one key a line") }
    }

    private func form(_ expected: String) -> Refusal {
        Refusal(ClientSettingsCode.settingsForm, path, expected: expected)
    }

    /// The members of a mapping, in a form that can be compared.
    private static func members(_ node: YAMLNode?, where isMeant: (String) -> Bool) -> [String] {
        guard case .mapping(let members) = node?.content else { return [] }
        return members.filter { isMeant($0.key) }.map { "\($0.key)=\(shape($0.value))" }.sorted()
    }

    private static func shape(_ node: YAMLNode) -> String {
        switch node.content {
        case .scalar(let text, let isPlain): "\(node.isNull)\(isPlain)\(text.utf8.count):\(text)"
        case .sequence(let nodes): "[" + nodes.map(shape).joined(separator: ",") + "]"
        case .mapping(let members):
            "{" + members.map { "\($0.key.utf8.count):\($0.key)=\(shape($0.value))" }.joined(separator: ",")
                + "}"
        }
    }
}
