// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import Foundation
import SigningKeys
import TrustCore

/// Where a passphrase comes from: a file, an environment variable, or a question on the terminal.
enum PassphrasePrompt {
    static let variable = "KINGSNAKE_PASSPHRASE"
    private static let limit = 4096

    /// Gets a passphrase without ever showing it.
    ///
    /// - Parameters:
    ///   - confirming: whether a question is asked twice, as for a new key.
    ///   - isPIN: whether it is one, for the words.
    ///   - option: how the command line names a file with it.
    static func obtain(
        file: String?,
        question: String,
        confirming: Bool = false,
        isPIN: Bool = false,
        option: String = "--passphrase-file"
    ) throws -> [UInt8] {
        if let file { return try read(file) }
        if let text = ProcessInfo.processInfo.environment[variable] { return Array(text.utf8) }
        guard isatty(STDIN_FILENO) == 1 else {
            throw Failure(
                .configuration,
                "a \(isPIN ? "PIN" : "passphrase") is needed, and there is no terminal to ask on",
                remedy: "give `\(option) FILE`, or set \(variable)"
            )
        }
        let answer = try ask(question)
        if confirming, try ask("once more: ") != answer {
            throw Failure(.configuration, "the two passphrases differ", remedy: "try again")
        }
        return answer
    }

    /// Gets the passphrase of a key, or the PIN of a token, by the name that a `PassphraseSource` is asked
    /// with.
    static func obtain(file: String?, for what: String, option: String = "--passphrase-file") throws
        -> [UInt8]
    {
        let isToken = what.utf8.starts(with: "token ".utf8) && !Folder.exists(what)
        let name = what.utf8.split(separator: UInt8(ascii: "/")).last.flatMap { String($0) } ?? what
        return try obtain(
            file: file,
            question: isToken ? "PIN of \(what): " : "passphrase of \(name): ",
            isPIN: isToken,
            option: option
        )
    }

    /// Gets a passphrase for keys that are about to be made.
    static func new(for what: String, file: String?) throws -> Passphrase {
        try Passphrase(obtain(file: file, question: "passphrase for \(what): ", confirming: true))
    }

    private static func read(_ path: String) throws -> [UInt8] {
        guard !Folder.isFolder(path) else {
            throw Failure(.disk, "could not read the passphrase file: it is a folder", at: path)
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw Failure(.disk, "could not read the passphrase file", at: path)
        }
        let data: Data?
        do {
            data = try handle.read(upToCount: limit)
        } catch {
            throw Failure(.disk, "could not read the passphrase file", at: path)
        }
        let line = Array((data ?? Data()).prefix { $0 != 0x0A && $0 != 0x0D })
        guard !line.isEmpty else {
            throw Failure(
                .configuration,
                "the passphrase file's first line is empty",
                at: path,
                remedy: "write the passphrase into it"
            )
        }
        return line
    }

    private static func ask(_ question: String) throws -> [UInt8] {
        try? FileHandle.standardError.write(contentsOf: Data(question.utf8))
        var settings = termios()
        tcgetattr(STDIN_FILENO, &settings)
        let before = settings
        settings.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
        var restored = before
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &restored)
            try? FileHandle.standardError.write(contentsOf: Data("\n".utf8))
        }
        guard let line = readLine(strippingNewline: true), !line.isEmpty else {
            throw Failure(.cancelled, "no passphrase was given")
        }
        return Array(line.utf8)
    }
}
