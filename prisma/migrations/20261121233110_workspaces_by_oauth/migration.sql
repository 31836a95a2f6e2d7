-- CreateTable
CREATE TABLE "installations" (
    "account_id" INTEGER NOT NULL,
    "token" TEXT,
    "bot_user_id" TEXT NOT NULL,
    "bot_id" TEXT,
    "scopes" TEXT[],
    "installed_by_id" TEXT NOT NULL,
    "installation_date" TIMESTAMPTZ(3) NOT NULL,
    "removal_date" TIMESTAMPTZ(3),

    CONSTRAINT "installations_pkey" PRIMARY KEY ("account_id")
);

-- CreateTable
CREATE TABLE "used_states" (
    "hash" TEXT NOT NULL,
    "use_date" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "used_states_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE INDEX "used_states_use_date_idx" ON "used_states"("use_date");

-- AddForeignKey
ALTER TABLE "installations" ADD CONSTRAINT "installations_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A token as the vault seals it, never as Slack gave it; none is kept of a workspace that took it back.
ALTER TABLE "installations"
  ADD CONSTRAINT "installations_token_sealed" CHECK ("token" LIKE 'v1.%'),
  ADD CONSTRAINT "installations_removed_without_token" CHECK (("token" IS NULL) = ("removal_date" IS NOT NULL));
