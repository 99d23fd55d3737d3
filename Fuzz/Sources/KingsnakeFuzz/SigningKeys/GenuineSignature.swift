// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// A key and its signature over ``message``, made elsewhere, with a key that serves nothing else.
struct GenuineSignature {
    static let message = Array("signed by the fuzzer".utf8)

    let key: PublicKey
    let bytes: [UInt8]

    private init(key: String, signature: String) throws {
        self.key = try PublicKey(subjectPublicKeyInfo: Hex.decode(key) ?? [])
        bytes = Hex.decode(signature) ?? []
    }

    /// One of each scheme.
    static let all: [GenuineSignature] = {
        do { return try [ed25519(), p256(), p384(), rsa()] } catch {
            Finding.report("a genuine key is refused: \(error)")
        }
    }()

    private static func ed25519() throws -> GenuineSignature {
        try GenuineSignature(
            key: "302a300506032b657003210062061fed91af82d25341d8ef50913052af94530e2454d007bc0b859adf2cb935",
            signature:
                "5f3014e1ca73dca5c6ee3d35b1810ca6a6b509c75a5be7337089058bc332a9da27a52601dfcd49e9b7fe097d"
                + "d6edeed89ed5f0dd8b8482432c23cd345a9b000f"
        )
    }

    private static func p256() throws -> GenuineSignature {
        try GenuineSignature(
            key: "3059301306072a8648ce3d020106082a8648ce3d0301070342000444e996b6cfac3168bbadcded12281620be"
                + "3e98a048214d90798e3f6a1ee16679b9f78bc15cbd188df066772cabfaff3c37e5cb45bf4fecc53999d5b0a0"
                + "3ebb1b",
            signature:
                "3046022100a27a8fabb5e85ef56a973c9ca75b1e4a13d86bce098de3b0d8808aefa1910486022100c6105899"
                + "920244cd52a87788cd9c94f69c26f3c2e993a2a9faf2d8cb12557c86"
        )
    }

    private static func p384() throws -> GenuineSignature {
        try GenuineSignature(
            key: "3076301006072a8648ce3d020106052b81040022036200048bed0f43ae31776b10a294576ba3a9cff98a8b30"
                + "f13d5cb9302a8ca58062b2349afc20f4557033c6da3dd9275b2141c10ea53742e15437e4aca240fb2b1cef64"
                + "588a7be35c310fc0735736de679bd7265129332620252d0543d1ca1922c95a3c",
            signature:
                "30640230393a4adffcd188db350d469ea4d6de1e47ece2057c9702666e58a364fe84335c0cc0cc70f9a6b585"
                + "240e822df77a6f1c023077e9c401ea7568bccd99f8658c3474cd7fbb3702d6df115b0847fd90ddb3da080452"
                + "2385c1d3ab98ab7609e0b5a18b68"
        )
    }

    private static func rsa() throws -> GenuineSignature {
        let key =
            "30820122300d06092a864886f70d01010105000382010f003082010a0282010100b1a81a681af6ac862824c8"
            + "0b0638eceb6bec6a217d2934087c4a6d74525f28355548faf7c3a3073628e98718c33e57f0ce6c7a721f2a2f"
            + "59c876727cfcc1b3f68eb28f3ac35bf793b2aeaa2ca0ac0f705ec2f7792a6efdacc3270ded1bcff8cf360c41"
            + "a99205cb1147395705c8e1e62a65c0c0fcb55ebf2889eb95aa2da19dc144031d4c05b18c07dcd046214448fd"
            + "ce963d83bb404552deb0e96b8852a651432ae06f133b4b1f57762e3fba6e100224ece6b059319c222ce7a82b"
            + "ddb44cf0d1d1d96462528f15cb64123a18c0fab057b44f9ba4be7807781b290d6aec8aa5347dd15478c77254"
            + "20a3830e5e429d32898726f269f02d83d82eccc1f3a6fe65010203010001"
        let signature =
            "0fa75e54c946fc3ec68678da97fe15a56d71e7da446d882e4c9a3757795bdb09ea8c71d51cb382e40e6b6927"
            + "27b8d3ba34067d604e3205cebafbe77effd04a932c3082b35b3a02e054c224dc58ae4ee396da0f7cd2bccb93"
            + "6c5d2e1e0bf9a14ca62906f071a130698e45c4ab52cddae93f5a3d97621b48453f01d024f83bba82f463f7a1"
            + "9c9490bb8e8d82e24fc49d74f8eb8832d165737df7a743f13890620eaeac30b17539b6000583f808122f0e38"
            + "07abc6b06646df2e3271c47d045b283121e9a314e8495f7167166acf8e1b974ef45b06749e1705389959eb62"
            + "b3468b1d6cca0a4c276b52fb434851ccfb196e48e789a62f53db878a2e26fdad2d7ad7fd"
        return try GenuineSignature(key: key, signature: signature)
    }
}
