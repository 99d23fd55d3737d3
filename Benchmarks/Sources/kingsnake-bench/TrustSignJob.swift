// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import DurableFiles
import SigningKeys
import TrustCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Signs every record of an index in the format of conda content trust, and writes the signed index to a folder.
struct TrustSignJob {
    let path: String
    let key: String
    let folder: String

    /// How many records were signed, and the sum of all signatures, taken as numbers.
    func run() async throws -> String {
        let index = try RepodataIndex(WholeFile.read(path), of: path)
        guard index.signatures == nil, let end = index.text.lastIndex(of: UInt8(ascii: "}")) else {
            throw Failure(.configuration, "an index without signatures is needed", at: path)
        }
        try Folder.create(folder, mode: 0o755)
        let file = try PieceFile(folder + "/repodata.json")
        let signer = try RecordSigner([(TUFInputs.key(key), .full)]) { _, record in try record.canonical() }
        let records = index.recordTexts.lazy.map { RecordText(fileName: $0.fileName, text: $0.text) }
        try file.write(index.text[..<end])
        try file.write(Array(",\"signatures\":{".utf8)[...])
        var piece: [UInt8] = []
        var checksum = SignatureSum()
        try await signer.sign(records) { record, signatures in
            piece.removeAll(keepingCapacity: true)
            if checksum.count > 0 { piece.append(UInt8(ascii: ",")) }
            JSONWriter.writeString(record.fileName, to: &piece)
            piece.append(UInt8(ascii: ":"))
            RecordSignatures.write(signatures, to: &piece)
            try file.write(piece[...])
            for signature in signatures { checksum.add(signature.value) }
        }
        try file.write(Array("}}\n".utf8)[...])
        try file.finish()
        return checksum.description
    }
}

/// What two programs compare that signed the same records in another order.
struct SignatureSum: CustomStringConvertible {
    private(set) var count = 0
    private var sum: UInt64 = 0

    mutating func add(_ signature: [UInt8]) {
        count += 1
        sum &+= signature.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    var description: String { "\(count) \(sum)" }
}

/// A file that is written piece by piece, a megabyte at a time.
final class PieceFile {
    private let path: String
    private let file: Int32
    private var buffer: [UInt8] = []
    private static let pieceLength = 1 << 20

    init(_ path: String) throws {
        self.path = path
        file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw WholeFile.Unreadable(path: path, reason: errno) }
        buffer.reserveCapacity(2 * Self.pieceLength)
    }

    deinit { close(file) }

    func write(_ bytes: ArraySlice<UInt8>) throws {
        guard bytes.count < Self.pieceLength else {
            try finish()
            return try out(bytes)
        }
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.pieceLength { try finish() }
    }

    /// Writes what is left. Without flushing, as the peers' scripts do.
    func finish() throws {
        try out(buffer[...])
        buffer.removeAll(keepingCapacity: true)
    }

    private func out(_ bytes: ArraySlice<UInt8>) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { buffer in
                #if canImport(Glibc)
                    Glibc.write(file, buffer.baseAddress, buffer.count)
                #else
                    Darwin.write(file, buffer.baseAddress, buffer.count)
                #endif
            }
            guard count >= 0 else { throw WholeFile.Unreadable(path: path, reason: errno) }
            rest = rest.dropFirst(count)
        }
    }
}
