// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import Sigstore
import TrustCore

/// The name under which an instance of Sigstore is known on this machine.
///
/// It is the name of a folder, too: lower-case letters, digits and hyphens, and nothing that a file system
/// understands in another way.
public struct SigstoreInstanceName: Hashable, Sendable, CustomStringConvertible {
    /// The longest name, in bytes.
    public static let maximumLength = 40
    /// The public-good instance.
    public static let publicGood = SigstoreInstanceName(.publicGood)
    /// The staging instance.
    public static let staging = SigstoreInstanceName(.staging)

    /// The name.
    public let text: String

    /// Takes a name; nil if it is none.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        func isPlain(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
        guard let first = bytes.first, isPlain(first), bytes.count <= Self.maximumLength,
            bytes.allSatisfy({ isPlain($0) || $0 == UInt8(ascii: "-") })
        else { return nil }
        self.text = text
    }

    /// The name of an instance whose keys come with the program.
    public init(_ instance: SigstoreInstance) { text = instance.rawValue }

    /// The instance of that name whose keys come with the program, if there is one.
    public var shipped: SigstoreInstance? {
        SigstoreInstance.allCases.first { ByteKey.areEqual($0.rawValue, text) }
    }

    /// The name.
    public var description: String { text }
}
