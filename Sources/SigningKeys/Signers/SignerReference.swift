// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import TrustCore

/// How a signing key is named on the command line and in settings: one text for every kind of key.
///
/// | text | is |
/// |---|---|
/// | a path | a private key file, as ``KeyFile`` reads it |
/// | `pkcs11:token=…;object=…?module-path=…` | a key on a token: a ``PKCS11URI`` |
/// | `exec:PUBLIC-KEY-FILE COMMAND ARG…` | a command that signs: an ``ExternalSigner`` |
///
/// The words of `exec:` are separated by blanks; a word between single or double quotes may hold blanks and
/// the other quote. There is no shell: nothing else is special. A key file whose path begins with `exec:` or
/// `pkcs11:` is written as `./exec:…`.
public struct SignerReference: Sendable, Hashable {
    private enum Target: Sendable, Hashable {
        case file(String)
        case token(PKCS11URI)
        case command(publicKeyFile: String, [String])

        /// The same with relative paths that start from a folder.
        func starting(from folder: String) -> Target {
            let resolve = { (path: String) in
                path.utf8.first == UInt8(ascii: "/") ? path : folder + "/" + path
            }
            switch self {
            case .file(let path): return .file(resolve(path))
            case .token: return self
            case .command(let publicKeyFile, var command):
                if let program = command.first, program.utf8.contains(UInt8(ascii: "/")) {
                    command[0] = resolve(program)
                }
                return .command(publicKeyFile: resolve(publicKeyFile), command)
            }
        }
    }

    /// The text, as it was given.
    public let text: String
    private var target: Target

    /// Reads a reference. Nothing is opened, asked or run yet.
    ///
    /// - Throws: a `Failure` if the text is not in one of the forms.
    public init(_ text: String) throws {
        let bytes = Array(text.utf8)
        if bytes.starts(with: PKCS11URI.scheme.utf8) {
            target = .token(try PKCS11URI(text))
        } else if bytes.starts(with: Self.exec.utf8) {
            let words = try Self.words(bytes.dropFirst(Self.exec.utf8.count))
            guard words.count >= 2, let file = words.first, !file.isEmpty, !words[1].isEmpty else {
                throw Self.failure("`exec:` needs the file of the public key, and a command")
            }
            target = .command(publicKeyFile: file, Array(words.dropFirst()))
        } else {
            guard !bytes.isEmpty, !bytes.contains(0) else { throw Self.failure("it is empty") }
            target = .file(text)
        }
        self.text = text
    }

    /// Names a private key file, whatever its path looks like.
    public init(keyFile path: String) {
        text = path
        target = .file(path)
    }

    /// Reads a reference from the first line of a file. The paths in it that are relative, of a key file, of a public key
    /// and of a command, start from the file's folder; a command without a slash is looked for in `PATH`, and
    /// its arguments stay as they are.
    ///
    /// - Throws: a refusal with `key.file-permissions` unless the file and its folder are root's or this user's and
    ///   nobody else can write them, for it names code that is run; a `Failure` if it cannot be read, is a
    ///   symbolic link, or its text is not in one of the forms.
    public init(contentsOf path: String) throws {
        let bytes = try DiskFile.trustedContents(
            of: path,
            limit: Self.maximumLength,
            subject: "reference to a signing key"
        )
        do {
            let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
            guard let text = String(validating: line, as: UTF8.self) else {
                throw Self.failure("it is not UTF-8")
            }
            try self.init(text)
            target = target.starting(from: Folder.parent(of: path))
        } catch let failure as Failure {
            throw Failure(failure.kind, failure.message, at: path, remedy: failure.remedy)
        }
    }

    /// The signer, ready to sign: the file is unlocked, or the token logged in to. A command is not run yet.
    ///
    /// - Parameter passphrase: asked for the passphrase of an encrypted file by its path, or for the PIN of a
    ///   token as `token NAME`; not asked for a command.
    /// - Throws: a refusal with a `key.` code, or a `Failure` if the key cannot be reached.
    public func signer(passphrase: @escaping PassphraseSource) async throws -> any Signer {
        switch target {
        case .file(let path):
            return try await BlockingWork.run {
                do {
                    return try KeyFile.read(path).unlock { try passphrase(path) }
                } catch let refusal as Refusal {
                    throw refusal.located(at: path)
                }
            }
        case .token(let uri):
            return try await PKCS11Signer(uri, passphrase: passphrase)
        case .command(let publicKeyFile, let command):
            return try ExternalSigner(publicKey: PublicKeyFile.read(publicKeyFile), command: command)
        }
    }

    private static let exec = "exec:"
    private static let maximumLength = 64 << 10

    /// Splits at blanks; quotes keep blanks together.
    private static func words(_ text: ArraySlice<UInt8>) throws -> [String] {
        var words: [[UInt8]] = []
        var word: [UInt8]?
        var quote: UInt8?
        for byte in text {
            switch byte {
            case quote: quote = nil
            case UInt8(ascii: "'") where quote == nil, UInt8(ascii: "\"") where quote == nil:
                quote = byte
                word = word ?? []
            case UInt8(ascii: " ") where quote == nil, UInt8(ascii: "\t") where quote == nil:
                if let done = word { words.append(done) }
                word = nil
            case 0: throw failure("it holds a zero byte")
            default: word = (word ?? []) + [byte]
            }
        }
        guard quote == nil else { throw failure("a quote in `exec:` is not closed") }
        if let word { words.append(word) }
        return words.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func failure(_ reason: String) -> Failure {
        Failure(
            .configuration,
            "the name of a signing key is not usable: \(reason)",
            remedy: "give the path of a key file, a pkcs11: URI, or exec:PUBLIC-KEY-FILE COMMAND ARG…"
        )
    }
}

extension SignerReference: CustomStringConvertible {
    /// The text. It holds no PIN: a URI with one is not read.
    public var description: String { text }
}
