// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Which signers stand for which of the wanted publishers, so that nobody stands for two.
enum SignerPairs {
    /// One publisher, and the signer that stands for it, each by its number.
    typealias Pair = (publisher: Int, signer: Int)

    /// The largest set of pairs in which no publisher and no signer stands twice: one signer that fits two
    /// publishers is one, and so are two signers that fit one (augmenting paths).
    ///
    /// - Parameter fits: the publishers that each signer fits.
    static func largest(_ fits: [Set<Int>], _ publishers: Int) -> [Pair] {
        var owner = [Int?](repeating: nil, count: publishers)
        func place(_ signer: Int, _ seen: inout Set<Int>) -> Bool {
            for publisher in fits[signer].sorted() where seen.insert(publisher).inserted {
                if let other = owner[publisher], !place(other, &seen) { continue }
                owner[publisher] = signer
                return true
            }
            return false
        }
        for signer in fits.indices {
            var seen: Set<Int> = []
            _ = place(signer, &seen)
        }
        return owner.enumerated().compactMap { publisher, signer in signer.map { (publisher, $0) } }
    }

    /// Those of the wanted publishers for whom no signer is left.
    static func missing(_ wanted: [PublisherIdentity], among now: [PublisherIdentity]) -> [PublisherIdentity]
    {
        var signers: [(identity: PublisherIdentity, fits: Set<Int>)] = []
        for identity in now {
            let fits = Set(wanted.indices.filter { wanted[$0].isSame(as: identity) })
            if let at = signers.firstIndex(where: { $0.identity.couldBe(identity) }) {
                signers[at].fits.formUnion(fits)
            } else {
                signers.append((identity, fits))
            }
        }
        let present = Set(largest(signers.map(\.fits), wanted.count).map(\.publisher))
        return wanted.indices.filter { !present.contains($0) }.map { wanted[$0] }
    }
}
