// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// Our lines in somebody else's settings file: a marked block at its end. Lines that it replaces become comments where they
/// stand. So the file alone says how it was before.
enum SettingsBlock {
    private static let beginning = "# >>> kingsnake "
    private static let ending = "# <<< kingsnake <<<"
    private static let remark = " >>> set by `kingsnake enable`; `kingsnake disable` takes it back"
    private static let replaced = "#kingsnake: "
    private static let newFile = "new-file"
    private static let noLineEnd = "no-line-end"

    /// Whether a file has our lines, whole or damaged.
    static func isIn(_ text: SettingsText) -> Bool {
        text.lines.contains { $0.text.utf8.starts(with: beginning.utf8) || begins($0, replaced) }
    }

    /// Adds the block.
    ///
    /// - Parameters:
    ///   - content: its lines.
    ///   - indexes: the lines that it replaces.
    ///   - text: the file; nil if there is none.
    static func adding(_ content: [String], replacing indexes: Set<Int>, in text: SettingsText?)
        -> SettingsText
    {
        var result = text ?? SettingsText()
        let end = result.lineEnd
        for index in indexes { result.lines[index].text = replaced + result.lines[index].text }
        var flags = text == nil ? [newFile] : []
        if let last = result.lines.indices.last, result.lines[last].end.isEmpty {
            result.lines[last].end = end
            flags.append(noLineEnd)
        }
        let old = indexes.sorted().map { result.lines[$0].text }
        let first = beginning + ([digest(old, content)] + flags).joined(separator: " ") + remark
        result.lines += ([first] + content + [ending]).map { SettingsText.Line(text: $0, end: end) }
        return result
    }

    /// What a file was before.
    enum Before: Equatable {
        /// It had no lines of ours.
        case same
        /// There was no file, and nothing was added to it since.
        case noFile
        /// This was in it.
        case text(SettingsText)
    }

    /// Takes the block out, and puts back what it replaced (`client.block-altered` if that is not as it was written).
    static func before(_ text: SettingsText, _ path: String) throws -> Before {
        guard isIn(text) else { return .same }
        let altered = Refusal(ClientSettingsCode.blockAltered, path)
        let starts = text.lines.indices.filter { begins(text.lines[$0], beginning) }
        let ends = text.lines.indices.filter { ByteKey.areEqual(text.lines[$0].text, ending) }
        guard starts.count == 1, ends.count == 1, starts[0] < ends[0] else { throw altered }
        let first = text.lines[starts[0]].text
        let words = first.dropFirst(beginning.count).prefix { $0 != ">" }.split(separator: " ")
        let content = text.lines[(starts[0] + 1)..<ends[0]].map(\.text)
        var result = text
        result.lines.removeSubrange(starts[0]...ends[0])
        let indexes = result.lines.indices.filter { begins(result.lines[$0], replaced) }
        let old = indexes.map { result.lines[$0].text }
        guard let word = words.first, ByteKey.areEqual(String(word), digest(old, content)) else {
            throw altered
        }
        for index in indexes {
            result.lines[index].text = String(
                decoding: result.lines[index].text.utf8.dropFirst(replaced.utf8.count),
                as: UTF8.self
            )
        }
        let isLast = ends[0] == text.lines.count - 1
        if isLast, words.contains(where: { $0 == noLineEnd }), let last = result.lines.indices.last {
            result.lines[last].end = ""
        }
        if words.contains(where: { $0 == newFile }), result.lines.isEmpty { return .noFile }
        return .text(result)
    }

    /// The lines after the block.
    static func linesAfter(_ text: SettingsText) -> [SettingsText.Line] {
        guard let end = text.lines.lastIndex(where: { ByteKey.areEqual($0.text, ending) }) else { return [] }
        return Array(text.lines[(end + 1)...])
    }

    private static func begins(_ line: SettingsText.Line, _ start: String) -> Bool {
        line.text.utf8.starts(with: start.utf8)
    }

    /// Stands for what was written, whatever the ends of lines have become.
    private static func digest(_ old: [String], _ content: [String]) -> String {
        let text = old.joined(separator: "\n") + "\n\n" + content.joined(separator: "\n")
        return String(Digest.of(Array(text.utf8)).hex.prefix(16))
    }
}
