// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import ContentTrust
internal import Gatekeeper
internal import SigningKeys
internal import TrustCore

/// Signs the records of a hosted channel's index in full, for conda content trust.
///
/// What was signed before is kept for records that did not change, byte for byte, if it is by just the keys that sign now.
struct HostedRecordSigner: Sendable {
    private let keys: [(name: String, signer: any Signer)]

    /// Takes those of the server's package keys that the key manager names.
    ///
    /// - Throws: `index.package-keys` if they are too few, or if keys are named for mamba's form of records.
    init(_ trust: HostedTrust, of channel: ChannelName, signers: [any Signer]) throws {
        let authority = RecordAuthority(trust.keyManager)
        let needed = authority.delegation.threshold
        guard authority.forms.values.allSatisfy({ $0 == .full }) else {
            throw Refusal(
                IndexCode.packageKeys,
                channel.text,
                expected: "keys that sign records in full only",
                found: "keys for mamba's form"
            )
        }
        keys = try signers.map { (try TrustKey($0.publicKey), $0) }
            .filter { authority.forms[$0.0] != nil }
            .map { ($0.0.hex, $0.1) }
            .sorted { $0.0 < $1.0 }
        guard keys.count >= needed else {
            throw Refusal(
                IndexCode.packageKeys,
                channel.text,
                expected: "\(needed) of the server's package keys",
                found: "\(keys.count)"
            )
        }
    }

    /// What is known of a package's records and their signatures, by file.
    struct Known: Sendable {
        fileprivate var records: [ArchiveFileName: [UInt8]] = [:]
        fileprivate var signatures: [ArchiveFileName: [UInt8]] = [:]

        /// Takes the elements that are stored.
        init(_ elements: [IndexElement]) {
            for element in elements {
                switch element.part {
                case .tarBz2, .conda: records[element.fileName] = element.text
                case .signatures: signatures[element.fileName] = element.text
                default: break
                }
            }
        }
    }

    /// The element that holds a record's signatures.
    ///
    /// - Parameters:
    ///   - record: the record's element.
    ///   - known: what was stored before.
    /// - Returns: the element, and whether it was signed just now; a refusal for a record that clients would refuse anyway,
    ///   and that gets no signature.
    /// - Throws: a `Failure` of a signer.
    func element(for record: IndexElement, in subdir: Subdir, known: Known) async throws
        -> Result<(text: [UInt8], isNew: Bool), Refusal>
    {
        let name = record.fileName.text
        var text: [UInt8] = []
        JSONWriter.writeString(name, to: &text)
        text.append(UInt8(ascii: ":"))
        if known.records[record.fileName] == record.text, let old = known.signatures[record.fileName],
            isByTheseKeys(old.dropFirst(text.count), of: name)
        {
            return .success((old, false))
        }
        let message: [UInt8]
        do {
            message = try Self.message(record.text.dropFirst(text.count), of: name, in: subdir)
        } catch let refusal as Refusal {
            return .failure(refusal)
        }
        var signatures: [TrustSignature] = []
        for (key, signer) in keys {
            signatures.append(TrustSignature(keyID: key, value: try await signer.sign(message)))
        }
        RecordSignatures.write(signatures, to: &text)
        return .success((text, true))
    }

    /// What is signed of a record, which must be what it is listed as, and say so itself: see ``SignableRecord``.
    private static func message(_ text: ArraySlice<UInt8>, of name: String, in subdir: Subdir) throws
        -> [UInt8]
    {
        let record = try PackageRecord(
            try JSONReader.read(Array(text), of: name),
            fileName: name,
            subdir: subdir
        )
        try RecordPlace.check(record, in: subdir)
        guard record.sha256 != nil else { throw Refusal(ChannelCode.recordWithoutDigest, name) }
        return try PythonJSON.canonical(of: text, subject: name)
    }

    private func isByTheseKeys(_ text: ArraySlice<UInt8>, of name: String) -> Bool {
        guard let signatures = try? RecordSignatures.read(text, of: name) else { return false }
        return Set(signatures.map(\.keyID)) == Set(keys.map(\.name))
    }
}
