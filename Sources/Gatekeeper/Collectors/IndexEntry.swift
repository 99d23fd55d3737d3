// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import TrustCore
public import TrustPolicy

/// What a verified index says of one file name.
public struct IndexEntry: Sendable {
    /// The index, and who vouches for it; nil if nobody signs the channel's index, only its records.
    public let index: SignedIndex?
    /// The record, if the index lists the file.
    public let record: PackageRecord?
    /// That the channel's package keys signed the record; nil if the channel's pin does not demand it.
    public let recordSignature: SignedRecord?
    /// What the package's maintainers say of the file; nil if the channel's offline keys do not demand that they
    /// sign it.
    public private(set) var maintainers: MaintainerVouching?
    /// Who may publish what in the channel, as its owner signed it in the same view; nil if that is not said.
    public private(set) var ownerPolicy: PublisherPolicy?
    /// Where the index says its packages are (CEP 15), as it was written; nil if beside it.
    let baseURL: String?
    /// Whether the index lists the file as removed.
    public let isRemoved: Bool

    init(
        index: SignedIndex?,
        record: PackageRecord?,
        baseURL: String?,
        isRemoved: Bool,
        recordSignature: SignedRecord? = nil
    ) {
        self.index = index
        self.record = record
        self.baseURL = baseURL
        self.isRemoved = isRemoved
        self.recordSignature = recordSignature
    }

    /// Adds what was verified to the evidence about the file.
    func add(to evidence: inout Evidence) {
        evidence.index = index
        evidence.record = fact
        evidence.recordSignature = recordSignature
        evidence.maintainers = maintainers
    }

    /// The same entry with what the maintainers say.
    func with(_ maintainers: MaintainerVouching?) -> IndexEntry {
        var entry = self
        entry.maintainers = maintainers
        return entry
    }

    /// The same entry with what the owner signed of publishers.
    func with(_ ownerPolicy: PublisherPolicy?) -> IndexEntry {
        var entry = self
        entry.ownerPolicy = ownerPolicy
        return entry
    }

    /// Refuses what the online key alone vouches for where the maintainers must: a stolen online key can list
    /// any bytes under their package's name.
    ///
    /// - Throws: `gate.maintainers-silent`, `gate.maintainers-disagree`.
    func checkMaintainers(of url: PackageURL) throws {
        guard let fact, !isRemoved, let maintainers else { return }
        guard let file = maintainers.file else {
            let list = maintainers.version.map { "version \($0) of their list does not name it" }
            throw Refusal(
                GateCode.maintainersSilent,
                url.fileName.text,
                at: url.channel.description,
                expected:
                    "\(maintainers.threshold) of \(maintainers.keyCount) keys of role `\(maintainers.role)`",
                found: list ?? "the channel has no list of theirs"
            )
        }
        guard maintainers.agrees(with: fact) else {
            throw Refusal(
                GateCode.maintainersDisagree,
                url.fileName.text,
                at: url.channel.description,
                expected:
                    "\(file.sha256?.description ?? "a SHA-256"), \(file.length) bytes, as its maintainers signed",
                found: Self.words(fact)
            )
        }
    }

    private static func words(_ fact: IndexRecord) -> String {
        let size = fact.size.map { ", \($0) bytes" } ?? ""
        return (fact.sha256?.description ?? "no SHA-256") + size + " in the index"
    }

    /// The same as a fact for the policy; nil if the index has never heard of the file.
    var fact: IndexRecord? {
        guard record != nil || isRemoved else { return nil }
        return IndexRecord(
            sha256: record?.sha256,
            md5: record?.md5,
            size: record?.size,
            isRemoved: isRemoved,
            indexed: record?.indexedAt,
            built: record?.builtAt,
            attestations: record?.attestationsSHA256
        )
    }
}
