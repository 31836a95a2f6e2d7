-- AlterTable
ALTER TABLE "accounts" ADD COLUMN     "key" TEXT;

-- AlterTable
ALTER TABLE "checks" ADD COLUMN     "bulk_disabled" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "maintenances" ADD COLUMN     "ad_hoc" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "ad_hocs" (
    "account_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "duration_minutes" INTEGER NOT NULL,
    "edited_by" TEXT NOT NULL,
    "creation_date" TIMESTAMPTZ(3) NOT NULL,
    "update_date" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ad_hocs_pkey" PRIMARY KEY ("account_id","key")
);

-- CreateTable
CREATE TABLE "ad_hoc_checks" (
    "account_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "check_id" TEXT NOT NULL,

    CONSTRAINT "ad_hoc_checks_pkey" PRIMARY KEY ("account_id","key","check_id")
);

-- CreateIndex
CREATE INDEX "ad_hoc_checks_account_id_check_id_idx" ON "ad_hoc_checks"("account_id", "check_id");

-- CreateIndex
CREATE UNIQUE INDEX "accounts_key_key" ON "accounts"("key");

-- CreateIndex
CREATE INDEX "audit_events_account_id_subject_id_idx" ON "audit_events"("account_id", "subject", "id");

-- AddForeignKey
ALTER TABLE "ad_hocs" ADD CONSTRAINT "ad_hocs_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ad_hoc_checks" ADD CONSTRAINT "ad_hoc_checks_account_id_key_fkey" FOREIGN KEY ("account_id", "key") REFERENCES "ad_hocs"("account_id", "key") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ad_hoc_checks" ADD CONSTRAINT "ad_hoc_checks_account_id_check_id_fkey" FOREIGN KEY ("account_id", "check_id") REFERENCES "checks"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot say.

ALTER TABLE "accounts" ADD CONSTRAINT "accounts_subaccount_key" CHECK (("parent_id" IS NULL) = ("key" IS NULL));

ALTER TABLE "ad_hocs" ADD CONSTRAINT "ad_hocs_name" CHECK (btrim("name") <> ''),
    ADD CONSTRAINT "ad_hocs_duration" CHECK ("duration_minutes" > 0);
